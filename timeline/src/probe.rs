//! A future whose polls and wakes are traced.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use crate::context;
use crate::trace::TraceKind;

/// Wraps a future, and traces when it is polled, what the poll returns, and what wakes it.
///
/// It changes nothing else: whatever wakes the inner future wakes the task that last polled the probe.
///
/// ```
/// use timeline::{TraceKind, probe, simulate_async};
///
/// let timeline = simulate_async(probe("Future", async {}));
/// let trace: Vec<_> = timeline.trace().iter().map(|event| (event.lane.as_str(), event.what.clone())).collect();
/// assert_eq!(trace, [("Future", TraceKind::Polled), ("Future", TraceKind::PollEnded(true))]);
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
    /// The task's waker and the probe's own. Both stay the same as long as the task's waker does, so that `will_wake`
    /// is as true as without the probe.
    waker: Option<(Waker, Waker)>,
}

impl<F: Future> Future for Probe<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let waker = self.waker_for(context.waker());
        context::trace(Some(&self.name), TraceKind::Polled);
        let result = self.future.as_mut().poll(&mut Context::from_waker(&waker));
        context::trace(Some(&self.name), TraceKind::PollEnded(result.is_ready()));
        result
    }
}

impl<F> Probe<F> {
    fn waker_for(&mut self, parent: &Waker) -> Waker {
        match &self.waker {
            Some((known, own)) if known.will_wake(parent) => own.clone(),
            _ => {
                let own = Waker::from(Arc::new(ProbeWaker { name: self.name.clone(), parent: parent.clone() }));
                self.waker = Some((parent.clone(), own.clone()));
                own
            }
        }
    }
}

struct ProbeWaker {
    name: Arc<str>,
    parent: Waker,
}

impl Wake for ProbeWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        context::trace(Some(&self.name), TraceKind::Woken(context::current_name()));
        self.parent.wake_by_ref();
    }
}
