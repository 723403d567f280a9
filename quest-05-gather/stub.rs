// Quest 5: Tasks together: futures and gather. This is the only file you edit.
// The lesson is in README.md, the next hint is `cargo xtask hint 5`.
//
// Async code uses tokio's clock as it is: `tokio::time::sleep(delay).await` takes no time in the tests. You are free
// to add types, functions and imports.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use timeline::record;
use tokio::time;

/// The first task: `record("Task 1", "started")`, wait for 3 s, `record("Task 1", "finished")`.
///
/// Never blocks the thread.
pub async fn task_1() {
    todo!("wait for 3 s")
}

/// The second task: `record("Task 2", "started")`, wait for 2 s, `record("Task 2", "finished")`.
///
/// Never blocks the thread.
pub async fn task_2() {
    todo!("wait for 2 s")
}

/// Runs `task_1` and `task_2` together: both start at once. Returns when both have finished, after 3 s.
///
/// Never blocks the thread.
pub async fn both() {
    todo!("run both tasks")
}

/// A future that gives all the others one turn.
///
/// Its first poll asks to be polled again, by waking its own waker, and returns `Pending`. Its second poll returns
/// `Ready`. Each `YieldNow` counts its own polls.
#[derive(Default)]
pub struct YieldNow {
    // The fields are up to you.
}

impl YieldNow {
    /// Makes one that has not been polled yet.
    pub fn new() -> Self {
        todo!("make one that has not been polled yet")
    }
}

impl Future for YieldNow {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        todo!("use {context:?}")
    }
}

/// Runs the futures together on this task, and returns their outputs in the order of the futures.
///
/// The first poll polls all of them. Ends as soon as the last of them does. Without futures, ends at once. A future
/// that has ended is not polled again. Dropping `gather` drops the futures with it. Records nothing.
pub async fn gather<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let _ = futures;
    todo!("run the futures together")
}

/// Runs the futures together on this task, as `gather` does, until one of them fails.
///
/// When all succeed, returns their values in the order of the futures. Records nothing.
///
/// # Errors
///
/// As soon as one future fails, returns its error. The futures that have not ended are dropped at that instant.
pub async fn try_gather<T, E, F: Future<Output = Result<T, E>>>(futures: Vec<F>) -> Result<Vec<T>, E> {
    let _ = futures;
    todo!("run the futures together, up to the first error")
}
