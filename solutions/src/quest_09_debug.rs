//! Quest 9: Debugging event loops.
//!
//! # Why it works
//!
//! A future is driven from outside: it is polled, it is woken, it is dropped. `Traced` sits between the future and all
//! three, and does not change what passes through.
//!
//! *Polls* come through `poll`. It reads the clock before and after the inner poll: the difference is the time for
//! which this poll has held up the loop. The time that the future waits between two polls is not part of it, since then
//! `poll` is not running.
//!
//! *Wakes* come through the waker. The inner future gets a waker of ours, which records the wake and passes it
//! on. It is made anew at each poll, around the waker of that poll, because the future may have moved to another
//! task since the last one. What must survive from poll to poll, the name, is in an `Arc` that all wakers share. A
//! wake is the future's own if it comes while the future is being polled: so the waker of each poll has a flag, which
//! `poll` looks at as soon as the future has returned.
//!
//! *The drop* comes through `Drop`. A future that is dropped does not learn why. But `Traced` knows how far it got.
//!
//! In `run_all` each job is in its own box, and a panic is caught around each single poll. Calling an `async fn` runs
//! none of its body, so that is the only place where the body's panic can be caught. A job that has ended, in whatever
//! way, is never polled again: its future is dropped at that moment. The outcome is kept with the name, in the job's
//! place in the list, so no order of completion can mix them up. The deadline is one timer for all jobs, and belongs to
//! none of them. It only ends the waiting; the outcomes are read afterwards.
//!
//! # What goes wrong otherwise
//!
//! - *The time since the first poll.* Then every future that waits for a long time is called slow, and the one that
//!   blocks the loop is lost among them.
//! - *Logging "woken" in the next poll.* The time between the two is how long the loop was busy with other tasks: the
//!   very thing you want to see. And a parent may poll a child that was not woken.
//! - *The waker of the first poll, kept.* The wake goes to a task that has long lost interest, and the future sleeps
//!   forever: the debugging tool has become the bug.
//! - *A waker that records the wake but does not pass it on.* The same, at once.
//! - *`catch_unwind` around the call that creates the future.* Nothing can panic there.
//! - *`?` or `try_join!` over the jobs.* The first error drops all siblings in the middle of their work.
//! - *Polling a job that has panicked.* An `async fn` then panics once more: "resumed after panicking".

use std::any::Any;
use std::error::Error;
use std::future;
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

/// From this length on, a poll has kept the loop for too long. It is asyncio's limit, too.
const SLOW: Duration = Duration::from_millis(100);

/// This many self-wakes in a row look like a future that polls something in a loop.
const BUSY: u32 = 10;

/// Runs a future unchanged, and logs under the given name what happens to it.
///
/// Calling `traced` records nothing yet. `poll` and `drop` of [`Traced`] say what is recorded, and when.
pub fn traced<F: Future>(name: &str, future: F) -> Traced<F> {
    Traced { future: Box::pin(future), name: name.into(), progress: Progress::New, self_wakes: 0 }
}

/// A future under observation; see [`traced`].
pub struct Traced<F> {
    future: Pin<Box<F>>,
    name: Arc<str>,
    progress: Progress,
    /// How many polls in a row, up to now, have woken their own task and returned `Pending`.
    self_wakes: u32,
}

/// How far a future has come.
#[derive(Clone, Copy)]
enum Progress {
    New,
    Polled,
    Finished,
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
        // Everything in here is `Unpin`, since the future is in a box.
        let this = self.get_mut();
        record(&this.name, "polled");
        this.progress = Progress::Polled;

        let waker = Arc::new(TracedWaker {
            name: Arc::clone(&this.name),
            called: AtomicBool::new(false),
            parent: context.waker().clone(),
        });
        let start = Instant::now();
        let result = this.future.as_mut().poll(&mut Context::from_waker(&Waker::from(Arc::clone(&waker))));
        let took = start.elapsed();

        if took >= SLOW {
            record(&this.name, format_args!("slow poll: {} ms", took.as_millis()));
        }
        if result.is_ready() {
            this.progress = Progress::Finished;
            record(&this.name, "ready");
            return result;
        }
        if waker.called.load(Ordering::Acquire) {
            this.self_wakes = this.self_wakes.saturating_add(1);
            if this.self_wakes == BUSY {
                record(&this.name, format_args!("woke itself {BUSY} times in a row"));
            }
        } else {
            this.self_wakes = 0;
        }
        record(&this.name, "pending");
        result
    }
}

/// The waker that a traced future is polled with.
struct TracedWaker {
    name: Arc<str>,
    /// Whether it has been called.
    called: AtomicBool,
    /// The waker that the traced future itself was polled with.
    parent: Waker,
}

impl Wake for TracedWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        record(&self.name, "woken");
        self.called.store(true, Ordering::Release);
        self.parent.wake_by_ref();
    }
}

impl<F> Drop for Traced<F> {
    /// Reports a future that is dropped before its end.
    ///
    /// Records `dropped, never polled`, or `dropped, never finished` if it was polled but has not returned `Ready`,
    /// even if it panicked. Records nothing for a future that has finished.
    fn drop(&mut self) {
        match self.progress {
            Progress::New => record(&self.name, "dropped, never polled"),
            Progress::Polled => record(&self.name, "dropped, never finished"),
            Progress::Finished => {}
        }
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
    let mut jobs: Vec<Job> =
        jobs.into_iter().map(|(name, task)| Job { name, task: Some(task), outcome: Outcome::Pending }).collect();
    let all = future::poll_fn(|context| {
        for job in &mut jobs {
            job.poll(context);
        }
        if jobs.iter().all(|job| job.task.is_none()) { Poll::Ready(()) } else { Poll::Pending }
    });
    if time::timeout(deadline, all).await.is_err() {
        for job in jobs.iter().filter(|job| job.task.is_some()) {
            record(&job.name, "still pending");
        }
    }
    jobs.into_iter().map(|job| (job.name, job.outcome)).collect()
}

/// One job of `run_all`.
struct Job {
    name: String,
    /// Nothing once the job has ended: it must not be polled again.
    task: Option<Task<Result<(), BoxError>>>,
    outcome: Outcome,
}

impl Job {
    /// Polls the job, if it has not ended, and takes note of its end.
    fn poll(&mut self, context: &mut Context<'_>) {
        let Some(task) = &mut self.task else { return };
        // The task is never touched again after a panic, so no code can see what it has left half done.
        let polled = catch_unwind(AssertUnwindSafe(|| task.as_mut().poll(context)));
        self.outcome = match polled {
            Ok(Poll::Pending) => return,
            Ok(Poll::Ready(Ok(()))) => {
                record(&self.name, "done");
                Outcome::Done
            }
            Ok(Poll::Ready(Err(error))) => {
                record(&self.name, format_args!("failed: {error}"));
                Outcome::Failed
            }
            Err(payload) => {
                match message(payload.as_ref()) {
                    Some(message) => record(&self.name, format_args!("panicked: {message}")),
                    None => record(&self.name, "panicked"),
                }
                Outcome::Panicked
            }
        };
        self.task = None;
    }
}

/// What was given to `panic!`: a literal arrives as a `&str`, a formatted text as a `String`, and `panic_any` may send
/// whatever it likes.
fn message(payload: &(dyn Any + Send)) -> Option<&str> {
    match payload.downcast_ref::<&str>() {
        Some(literal) => Some(literal),
        None => payload.downcast_ref::<String>().map(String::as_str),
    }
}
