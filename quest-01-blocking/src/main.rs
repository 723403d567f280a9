//! The two tasks of the lesson, four times, in real time: 5 s, 5 s, 3 s and 3 s.

use std::io;
use std::time::Duration;

use quest_01_blocking::{concurrent_async, concurrent_threads, sequential, sequential_async};
use timeline::section;

fn main() -> io::Result<()> {
    let jobs = [("Task 1", Duration::from_secs(3)), ("Task 2", Duration::from_secs(2))];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;

    section("One after the other");
    sequential(&jobs);
    section("One after the other, as async functions");
    runtime.block_on(sequential_async(&jobs));
    section("All at once, on one thread");
    runtime.block_on(concurrent_async(&jobs));
    section("All at once, without async");
    concurrent_threads(&jobs);
    Ok(())
}
