//! why: `gather` returns a future written out as a struct, whose poll goes backwards; each child keeps its own output.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use timeline::record;
use tokio::time::{self, Instant};

pub async fn task_1() {
    record("Task 1", "started");
    time::sleep_until(Instant::now() + Duration::from_secs(3)).await;
    record("Task 1", "finished");
}

pub async fn task_2() {
    record("Task 2", "started");
    time::sleep_until(Instant::now() + Duration::from_secs(2)).await;
    record("Task 2", "finished");
}

pub async fn both() {
    let mut second = pin!(task_2());
    let first = async {
        let mut first = pin!(task_1());
        tokio::select! {
            () = &mut first => None,
            () = &mut second => Some(first.await),
        }
    };
    if first.await.is_none() {
        second.await;
    }
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

/// A future and, once it has ended, its output.
enum Child<F: Future> {
    Running(Pin<Box<F>>),
    Ended(Option<F::Output>),
}

struct Gather<F: Future> {
    children: Vec<Child<F>>,
}

impl<F: Future> Gather<F> {
    fn new(futures: Vec<F>) -> Self {
        Self { children: futures.into_iter().map(|future| Child::Running(Box::pin(future))).collect() }
    }

    /// Polls all that run, the last one first, until `stop` says of an output that the others do not matter.
    fn pass(&mut self, context: &mut Context<'_>, stop: impl Fn(&F::Output) -> bool) -> Poll<Vec<F::Output>> {
        for index in (0..self.children.len()).rev() {
            if let Child::Running(future) = &mut self.children[index]
                && let Poll::Ready(output) = future.as_mut().poll(context)
            {
                if stop(&output) {
                    return Poll::Ready(vec![output]);
                }
                self.children[index] = Child::Ended(Some(output));
            }
        }
        if self.children.iter().any(|child| matches!(child, Child::Running(_))) {
            return Poll::Pending;
        }
        let outputs = self.children.iter_mut().filter_map(|child| match child {
            Child::Running(_) => None,
            Child::Ended(output) => output.take(),
        });
        Poll::Ready(outputs.collect())
    }
}

// The children are boxed, and outputs are never pinned: so the whole may move.
impl<F: Future> Unpin for Gather<F> {}

impl<F: Future> Future for Gather<F> {
    type Output = Vec<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.pass(context, |_| false)
    }
}

struct TryGather<F: Future>(Gather<F>);

impl<T, E, F: Future<Output = Result<T, E>>> Future for TryGather<F> {
    type Output = Result<Vec<T>, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.pass(context, Result::is_err).map(|outcomes| outcomes.into_iter().collect())
    }
}

pub async fn gather<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    Gather::new(futures).await
}

pub async fn try_gather<T, E, F: Future<Output = Result<T, E>>>(futures: Vec<F>) -> Result<Vec<T>, E> {
    TryGather(Gather::new(futures)).await
}
