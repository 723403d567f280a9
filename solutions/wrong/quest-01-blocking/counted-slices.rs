//! caught by: a_blocking_neighbour_makes_jobs_late, scenario
//! why: Sleeps in slices and counts them in place of the time, so a stall is added to the delay.

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
    let mut handles = Vec::new();
    for &(name, delay) in jobs {
        let name = name.to_owned();
        handles.push(tokio::spawn(async move {
            record(&name, "started");
            let slice = Duration::from_millis(100);
            let mut left = delay;
            while !left.is_zero() {
                time::sleep(slice.min(left)).await;
                left = left.saturating_sub(slice);
            }
            record(&name, "finished");
        }));
    }
    for handle in handles {
        handle.await.expect("a job does not panic");
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
