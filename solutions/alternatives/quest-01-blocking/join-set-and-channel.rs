//! why: A `JoinSet` awaits its tasks in the order in which they end; named threads report their end through a channel.

use std::time::Duration;

use timeline::{record, sync::mpsc, thread};
use tokio::{task::JoinSet, time};

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
    let mut tasks: JoinSet<()> = jobs
        .iter()
        .map(|&(name, delay)| {
            let name = name.to_owned();
            async move { run(&name, delay).await }
        })
        .collect();
    while let Some(result) = tasks.join_next().await {
        result.expect("a job does not panic");
    }
}

pub fn concurrent_threads(jobs: &[(&str, Duration)]) {
    let (done, all_done) = mpsc::channel::<()>();
    for &(name, delay) in jobs {
        let name = name.to_owned();
        let done = done.clone();
        thread::spawn(move || {
            run_blocking(&name, delay);
            drop(done);
        });
    }
    drop(done);
    // Nothing is ever sent: the channel ends when the last thread has dropped its sender.
    all_done.recv().expect_err("nothing is sent");
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
