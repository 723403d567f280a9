//! caught by: concurrent_threads_runs_any_list_of_jobs, some seeds
//! why: Keeps the handles in a map by name: of two jobs with one name only the second is joined.

use std::collections::HashMap;
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
        handles.push(tokio::spawn(async move { run(&name, delay).await }));
    }
    for handle in handles {
        handle.await.expect("a job does not panic");
    }
}

pub fn concurrent_threads(jobs: &[(&str, Duration)]) {
    let mut handles = HashMap::new();
    for &(name, delay) in jobs {
        let owned = name.to_owned();
        handles.insert(name, thread::spawn(move || run_blocking(&owned, delay)));
    }
    for handle in handles.into_values() {
        handle.join().expect("a job does not panic");
    }
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
