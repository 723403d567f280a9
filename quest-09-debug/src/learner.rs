// Quest 9: Debugging event loops. This is the only file you edit.
// The lesson is in README.md, the next hint is `cargo xtask hint 9`.
//
// `timeline::time::Instant` mirrors `std::time::Instant`. Use it in place of std's, which does not know virtual time.
// You are free to add types, functions and imports.

use std::any::Any;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use timeline::record;
use timeline::time::Instant;
use tokio::time;

/// Any error.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// A future in a box, so that futures of different types have one type.
pub type Task<T = ()> = Pin<Box<dyn Future<Output = T>>>;

/// Runs a future unchanged, and logs under the given name what happens to it.
///
/// Calling `traced` records nothing yet. `poll` and `drop` of [`Traced`] say what is recorded, and when.
pub fn traced<F: Future>(name: &str, future: F) -> Traced<F> {
    let _ = &future;
    todo!("use {name:?}")
}

/// A future under observation; see [`traced`].
pub struct Traced<F> {
    // Pinned in a box, the future can be polled without `unsafe`: `self.future.as_mut().poll(…)`.
    future: Pin<Box<F>>,
    // The other fields are up to you.
}

impl<F: Future> Future for Traced<F> {
    type Output = F::Output;

    /// Polls the future once and returns what it returns.
    ///
    /// Records under the name, in this order:
    ///
    /// - `polled`, before the future is polled;
    /// - `woken`, each time the waker that the future was given is called, at that moment, during this poll or after
    ///   it. The wake is passed on to the waker of this poll's `context`;
    /// - `slow poll: 150 ms`, if this poll alone has taken 100 ms or more;
    /// - `woke itself 10 times in a row`, if this is the tenth poll in a row during which the future's own waker was
    ///   called and that still returns `Pending`. A longer row is not reported again. A poll without such a wake ends
    ///   the row;
    /// - `pending` or `ready`, whichever the future returned.
    ///
    /// If the future panics, the panic passes through, and nothing more is recorded for this poll.
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        todo!("poll {:p} and log it, use {context:?}", self.future)
    }
}

impl<F> Drop for Traced<F> {
    /// Reports a future that is dropped before its end.
    ///
    /// Records `dropped, never polled`, or `dropped, never finished` if it was polled but has not returned `Ready`,
    /// even if it panicked. Records nothing for a future that has finished.
    fn drop(&mut self) {
        // Step 4 fills this in. Until then, nothing is reported.
    }
}

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It returned `Ok`.
    Done,
    /// It returned an error.
    Failed,
    /// It panicked.
    Panicked,
    /// It had not ended at the deadline.
    Pending,
}

/// Runs all jobs at once, until each has ended, but no longer than until the deadline.
///
/// Records under a job's name, when it ends, `done`, or `failed: ` and the error, or `panicked: ` and the panic's
/// message (`panicked` alone if the payload is not text). However one job ends, all the others go on. The deadline
/// counts from the first poll. When it has passed, `still pending` is recorded for each job that has not ended, and
/// these jobs are dropped. `Duration::MAX` means: no deadline.
///
/// Returns as soon as the last job has ended, or else at the deadline, with the name and the outcome of each job, in
/// the order of `jobs`. Does not trace the jobs; a caller who wants that passes traced ones.
pub async fn run_all(jobs: Vec<(String, Task<Result<(), BoxError>>)>, deadline: Duration) -> Vec<(String, Outcome)> {
    todo!("run {} jobs, at most for {deadline:?}", jobs.len())
}
