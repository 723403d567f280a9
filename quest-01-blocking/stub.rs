// Quest 1: Blocking and non-blocking code. This is the only file you edit.
// The lesson is in README.md, the next hint is `cargo xtask hint 1`.
//
// There are two sleeps: `thread::sleep(delay)` blocks the thread, `time::sleep(delay).await` gives it back.
// `timeline::thread` mirrors `std::thread`. Use it in place of `std::thread`, so that no test has to wait.

use std::time::Duration;

use timeline::{record, thread};
use tokio::time;

/// Runs the jobs one after the other, and blocks the thread while they wait.
///
/// Each job is a name and a delay. To run it: `record(name, "started")`, wait for the delay, `record(name,
/// "finished")`. The first job starts at once, every other job when the one before it has finished. Returns when the
/// last job has finished. Without jobs, returns at once.
pub fn sequential(jobs: &[(&str, Duration)]) {
    todo!("use {jobs:?}")
}

/// Runs the jobs one after the other and never blocks the thread.
///
/// Records the same as `sequential`, at the same times. While a job waits, other code on this thread can run.
pub async fn sequential_async(jobs: &[(&str, Duration)]) {
    todo!("use {jobs:?}")
}

/// Runs the jobs all at once, on one thread, and never blocks it.
///
/// Each job is recorded as in `sequential`. All jobs start at once, in the given order, and each finishes as soon as
/// its own delay is over. Returns when all jobs have finished. Without jobs, returns at once.
pub async fn concurrent_async(jobs: &[(&str, Duration)]) {
    todo!("use {jobs:?}")
}

/// Runs the jobs all at once, each on its own thread, without async.
///
/// Each job is recorded as in `sequential`. All jobs start at once and each finishes when its own delay is over.
/// Returns when all jobs have finished. Without jobs, returns at once.
pub fn concurrent_threads(jobs: &[(&str, Duration)]) {
    todo!("use {jobs:?}")
}
