//! caught by: concurrent_threads_takes_the_longest, concurrent_threads_runs_any_list_of_jobs, scenario
//! why: Every thread holds one lock while it sleeps, so they run one after the other.

use std::time::Duration;

use timeline::{record, sync::Mutex, thread};
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
    let output = Mutex::new(());
    thread::scope(|scope| {
        for &(name, delay) in jobs {
            let output = &output;
            scope.spawn(move || {
                let _guard = output.lock().expect("no job panics");
                run_blocking(name, delay);
            });
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
