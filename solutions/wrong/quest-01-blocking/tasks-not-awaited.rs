//! caught by: concurrent_async_takes_the_longest, concurrent_async_starts_in_the_given_order, a_blocking_neighbour_makes_jobs_late, scenario
//! why: Spawns the tasks and returns at once, before a single one has run.

use std::time::Duration;

use timeline::{record, thread};
use tokio::time;

pub fn sequential(jobs: &[(&str, Duration)]) {
    for &(name, delay) in jobs {
        run_blocking(name, delay);
    }
}

pub async fn sequential_async(jobs: &[(&str, Duration)]) {
    for &(name, delay) in jobs {
        run(name, delay).await;
    }
}

pub async fn concurrent_async(jobs: &[(&str, Duration)]) {
    for &(name, delay) in jobs {
        let name = name.to_owned();
        tokio::spawn(async move { run(&name, delay).await });
    }
}

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
