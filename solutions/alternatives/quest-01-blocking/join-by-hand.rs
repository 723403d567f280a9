//! why: Polls borrowed futures by hand without spawning; runs the last job on the calling thread and counts the others down under a lock.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use timeline::sync::{Condvar, Mutex};
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
    let mut running: Vec<Pin<Box<dyn Future<Output = ()> + '_>>> = Vec::new();
    for &(name, delay) in jobs {
        running.push(Box::pin(run(name, delay)));
    }
    poll_fn(|context| {
        running.retain_mut(|job| job.as_mut().poll(context).is_pending());
        if running.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

pub fn concurrent_threads(jobs: &[(&str, Duration)]) {
    let Some((&(last, last_delay), others)) = jobs.split_last() else {
        return;
    };
    let running = Mutex::new(others.len());
    let changed = Condvar::new();
    thread::scope(|scope| {
        for &(name, delay) in others {
            let (running, changed) = (&running, &changed);
            scope.spawn(move || {
                run_blocking(name, delay);
                *running.lock().expect("no job panics") -= 1;
                changed.notify_one();
            });
        }
        run_blocking(last, last_delay);
        let mut left = running.lock().expect("no job panics");
        while *left > 0 {
            left = changed.wait(left).expect("no job panics");
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
