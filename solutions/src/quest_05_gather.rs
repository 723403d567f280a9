//! Quest 5: Tasks together: futures and gather.
//!
//! # Why it works
//!
//! A future is a value with one method, `poll`: *go on as far as you can*. It answers `Ready` with its output, or
//! `Pending`, and a pending future has made sure that the waker in the context is called when it is worth polling
//! again. Everything here keeps that one promise.
//!
//! `YieldNow` waits for nothing. So nothing else could wake it, and it wakes itself before it answers `Pending`. The
//! runtime puts its task behind all others that are ready, and polls it again when its turn comes. Then the flag says
//! that the turn is over.
//!
//! `gather` makes one future of many. Its poll polls every future that has not ended. It hands them its own context,
//! and with it the waker: whichever of them is woken, this task is polled, and so is `gather`. Hence no wake can be
//! lost, though most of the polls are in vain. (Quest 6 finds out which one was woken.) It is pending as long as one of
//! them is. Three details make it right:
//!
//! - *Pinned once.* A future may hold references into itself once it has been polled, so it must not move between two
//!   polls. `Box::pin` gives each its own place, and the vector only points to it.
//! - *An ended future is dropped at once,* by putting `None` in its place. Polling it again would be an error, and
//!   there is nothing left of it to poll.
//! - *An output has a place from the beginning,* the place of its future. So it makes no difference which one ends
//!   first.
//!
//! Dropping needs no code. The futures belong to the `async fn`, so they go when it does: when it is dropped, and
//! when `?` leaves it early. That is how `try_gather` cancels the rest, at that instant. `gather` is the same
//! function with errors that cannot exist (`Infallible`), so one loop serves both.
//!
//! # What goes wrong otherwise
//!
//! - `for future in futures { outputs.push(future.await) }` is the sum again: a future that was not polled has not
//!   started.
//! - `Pending` from the first child that is not ready: those behind it have not started either.
//! - `Pending` without a wake: the task sleeps forever. The compiler does not see that.
//! - A separate context for the children, with `Waker::noop()`: their wakes reach no one.
//! - `context.waker().wake_by_ref()` whenever something is pending: the results are right, but the processor never
//!   rests. In the tests, time then stands still, since the runtime never sleeps.
//! - `outputs.push(output)` in order of completion: correct only as long as the futures end in the order of the list.
//! - Waiting for all and looking for errors afterwards: the others go on, although their results are no longer wanted.

use std::convert::{Infallible, identity};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use timeline::record;
use tokio::time;

/// The first task: `record("Task 1", "started")`, wait for 3 s, `record("Task 1", "finished")`.
///
/// Never blocks the thread.
pub async fn task_1() {
    record("Task 1", "started");
    time::sleep(Duration::from_secs(3)).await;
    record("Task 1", "finished");
}

/// The second task: `record("Task 2", "started")`, wait for 2 s, `record("Task 2", "finished")`.
///
/// Never blocks the thread.
pub async fn task_2() {
    record("Task 2", "started");
    time::sleep(Duration::from_secs(2)).await;
    record("Task 2", "finished");
}

/// Runs `task_1` and `task_2` together: both start at once. Returns when both have finished, after 3 s.
///
/// Never blocks the thread.
pub async fn both() {
    tokio::join!(task_1(), task_2());
}

/// A future that gives all the others one turn.
///
/// Its first poll asks to be polled again, by waking its own waker, and returns `Pending`. Its second poll returns
/// `Ready`. Each `YieldNow` counts its own polls.
#[derive(Default)]
pub struct YieldNow {
    yielded: bool,
}

impl YieldNow {
    /// Makes one that has not been polled yet.
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

/// Runs the futures together on this task, and returns their outputs in the order of the futures.
///
/// The first poll polls all of them. Ends as soon as the last of them does. Without futures, ends at once. A future
/// that has ended is not polled again. Dropping `gather` drops the futures with it. Records nothing.
pub async fn gather<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let Ok(outputs) = gather_with(futures, Ok::<_, Infallible>).await;
    outputs
}

/// Runs the futures together on this task, as `gather` does, until one of them fails.
///
/// When all succeed, returns their values in the order of the futures. Records nothing.
///
/// # Errors
///
/// As soon as one future fails, returns its error. The futures that have not ended are dropped at that instant.
pub async fn try_gather<T, E, F: Future<Output = Result<T, E>>>(futures: Vec<F>) -> Result<Vec<T>, E> {
    gather_with(futures, identity).await
}

/// Gathers until `judge` finds an error in an output.
async fn gather_with<F: Future, T, E>(futures: Vec<F>, judge: impl Fn(F::Output) -> Result<T, E>) -> Result<Vec<T>, E> {
    // Boxed, so that a future stays in its place although its slot does not.
    let mut running: Vec<_> = futures.into_iter().map(|future| Some(Box::pin(future))).collect();
    let mut values: Vec<Option<T>> = running.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (slot, value) in running.iter_mut().zip(&mut values) {
            let Some(future) = slot else { continue };
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                *slot = None;
                *value = Some(judge(output)?);
            }
        }
        if running.iter().all(Option::is_none) { Poll::Ready(Ok(())) } else { Poll::Pending }
    })
    .await?;
    Ok(values.into_iter().flatten().collect())
}
