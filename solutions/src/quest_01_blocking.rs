//! Quest 1: Blocking and non-blocking code.
//!
//! # Why it works
//!
//! The four functions are two shapes, each written with and without `async`.
//!
//! *One loop* that starts a job and waits for it: the delays add up, and it makes no difference to the sum whether the
//! waiting blocks. The difference is what else can run meanwhile. `thread::sleep` keeps the thread, so that everything
//! else on it waits too. `time::sleep(…).await` returns to the event loop, which polls other tasks until the timer is
//! due. This is why the neighbour in the test is on time in `sequential_async`, and would be five seconds late with the
//! other `sleep`.
//!
//! *Two loops*, the first of which starts every job before the second waits for any: the delays overlap, and the
//! longest decides. In `concurrent_async` the `for` loop with `push` is the first one. Each `tokio::spawn` puts a task
//! into the ready queue and returns at once. The tasks run when this function awaits the first handle, in the order in
//! which they were spawned. It does not matter in which order the handles are awaited. A task runs whether or not
//! anybody awaits its handle, and the handle of a finished task is ready at once. So the second loop ends with the
//! slowest job.
//!
//! In `concurrent_threads` the scope is the second loop. It joins every thread before it returns, and because
//! the compiler knows that, the threads may borrow the names from `jobs`. `tokio::spawn` cannot offer that (a task may
//! outlive the function that spawned it), hence `to_owned` there.
//!
//! # What goes wrong otherwise
//!
//! - `jobs.iter().map(spawn)` without `collect`, followed by a loop that awaits: the iterator is lazy, so each job is
//!   spawned only when the one before is over. It looks like two loops and is one.
//! - No second loop: the function returns at 0. The caller does not learn when the tasks are done, and when `main`
//!   returns, they are lost.
//! - A second loop that waits for one handle only: correct only as long as that job happens to be the slowest.
//! - `thread::sleep` in a spawned task: every task is started, and yet they run one after the other, because a task
//!   that never awaits never gives the thread back.

use std::time::Duration;

use timeline::{record, thread};
use tokio::time;

/// Runs the jobs one after the other, and blocks the thread while they wait.
///
/// Each job is a name and a delay. To run it: `record(name, "started")`, wait for the delay, `record(name,
/// "finished")`. The first job starts at once, every other job when the one before it has finished. Returns when the
/// last job has finished. Without jobs, returns at once.
pub fn sequential(jobs: &[(&str, Duration)]) {
    for &(name, delay) in jobs {
        run_blocking(name, delay);
    }
}

/// Runs the jobs one after the other and never blocks the thread.
///
/// Records the same as `sequential`, at the same times. While a job waits, other code on this thread can run.
pub async fn sequential_async(jobs: &[(&str, Duration)]) {
    for &(name, delay) in jobs {
        run(name, delay).await;
    }
}

/// Runs the jobs all at once, on one thread, and never blocks it.
///
/// Each job is recorded as in `sequential`. All jobs start at once, in the given order, and each finishes as soon as
/// its own delay is over. Returns when all jobs have finished. Without jobs, returns at once.
pub async fn concurrent_async(jobs: &[(&str, Duration)]) {
    let mut handles = Vec::new();
    for &(name, delay) in jobs {
        let name = name.to_owned();
        handles.push(tokio::spawn(async move { run(&name, delay).await }));
    }
    for handle in handles {
        handle.await.expect("a job neither panics nor is aborted");
    }
}

/// Runs the jobs all at once, each on its own thread, without async.
///
/// Each job is recorded as in `sequential`. All jobs start at once and each finishes when its own delay is over.
/// Returns when all jobs have finished. Without jobs, returns at once.
pub fn concurrent_threads(jobs: &[(&str, Duration)]) {
    thread::scope(|scope| {
        for &(name, delay) in jobs {
            scope.spawn(move || run_blocking(name, delay));
        }
    });
}

fn run_blocking(name: &str, delay: Duration) {
    record(name, "started");
    thread::sleep(delay);
    record(name, "finished");
}

async fn run(name: &str, delay: Duration) {
    record(name, "started");
    time::sleep(delay).await;
    record(name, "finished");
}
