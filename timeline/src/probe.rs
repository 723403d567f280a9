//! A future whose polls and wakes are noted.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use crate::context;
use crate::note::Noted;

/// A future around another: the timeline notes when it is polled, what the poll returns, and who wakes it.
///
/// It changes nothing else: whatever the inner future is woken by wakes the task that polled the probe last.
///
/// ```
/// use timeline::{Noted, probe, simulate_async};
///
/// let timeline = simulate_async(probe("Future", async {}));
/// let notes: Vec<_> = timeline.notes().iter().map(|note| (note.lane.as_str(), note.what.clone())).collect();
/// assert_eq!(notes, [("Future", Noted::Polled), ("Future", Noted::PollEnded(true))]);
/// ```
pub fn probe<F: Future>(name: &str, future: F) -> Probe<F> {
    Probe { name: name.into(), future: Box::pin(future), waker: None }
}

/// The future that [`probe`] returns.
#[derive(Debug)]
#[must_use = "futures do nothing unless they are polled"]
pub struct Probe<F> {
    name: Arc<str>,
    future: Pin<Box<F>>,
    /// Kept as long as its parent stays the same, so that `will_wake` is as true as without the probe.
    waker: Option<(Waker, Waker)>,
}

impl<F: Future> Future for Probe<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let waker = self.waker_for(context.waker());
        context::note(Some(&self.name), Noted::Polled);
        let result = self.future.as_mut().poll(&mut Context::from_waker(&waker));
        context::note(Some(&self.name), Noted::PollEnded(result.is_ready()));
        result
    }
}

impl<F> Probe<F> {
    fn waker_for(&mut self, parent: &Waker) -> Waker {
        match &self.waker {
            Some((known, own)) if known.will_wake(parent) => own.clone(),
            _ => {
                let own = Waker::from(Arc::new(Watched { name: self.name.clone(), parent: parent.clone() }));
                self.waker = Some((parent.clone(), own.clone()));
                own
            }
        }
    }
}

struct Watched {
    name: Arc<str>,
    parent: Waker,
}

impl Wake for Watched {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        context::note(Some(&self.name), Noted::Woken(context::actor()));
        self.parent.wake_by_ref();
    }
}
