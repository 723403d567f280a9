//! caught by: both_runs_them_together, some seeds
//! why: Blocks the thread in place of giving it back, so nobody else has a turn.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use timeline::{record, thread};

pub async fn task_1() {
    record("Task 1", "started");
    thread::sleep(Duration::from_secs(3));
    record("Task 1", "finished");
}

pub async fn task_2() {
    record("Task 2", "started");
    thread::sleep(Duration::from_secs(2));
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

pub async fn gather<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut children: Vec<_> = futures.into_iter().map(Child::new).collect();
    poll_fn(|context| {
        let running = children.iter_mut().filter_map(|child| child.runs(context).then_some(())).count();
        if running == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    children.into_iter().filter_map(Child::output).collect()
}

pub async fn try_gather<T, E, F: Future<Output = Result<T, E>>>(futures: Vec<F>) -> Result<Vec<T>, E> {
    let mut children: Vec<_> = futures.into_iter().map(Child::new).collect();
    poll_fn(|context| {
        let mut running = 0;
        for child in &mut children {
            if child.runs(context) {
                running += 1;
            } else if let Child::Ended(Err(_)) = child {
                return Poll::Ready(());
            }
        }
        if running == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    let failed = children.iter().position(|child| matches!(child, Child::Ended(Err(_))));
    if let Some(index) = failed {
        children = vec![children.swap_remove(index)];
    }
    children.into_iter().filter_map(Child::output).collect()
}
