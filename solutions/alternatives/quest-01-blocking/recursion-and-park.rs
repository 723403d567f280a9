//! why: Joins the first job with the rest by recursion and `tokio::join!`; measures each delay on the clock; the caller parks until the last thread unparks it.

use std::pin::Pin;
use std::time::Duration;

use timeline::sync::Arc;
use timeline::sync::atomic::{AtomicUsize, Ordering};
use timeline::time::Instant;
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
    if let Some((&(name, delay), rest)) = jobs.split_first() {
        let rest: Pin<Box<dyn Future<Output = ()> + '_>> = Box::pin(concurrent_async(rest));
        tokio::join!(run(name, delay), rest);
    }
}

pub fn concurrent_threads(jobs: &[(&str, Duration)]) {
    let running = Arc::new(AtomicUsize::new(jobs.len()));
    for &(name, delay) in jobs {
        let name = name.to_owned();
        let running = Arc::clone(&running);
        let caller = thread::current();
        thread::spawn(move || {
            run_blocking(&name, delay);
            running.fetch_sub(1, Ordering::SeqCst);
            caller.unpark();
        });
    }
    while running.load(Ordering::SeqCst) > 0 {
        thread::park();
    }
}

fn run_blocking(name: &str, delay: Duration) {
    record(name, "started");
    let start = Instant::now();
    while start.elapsed() < delay {
        thread::park_timeout(delay - start.elapsed());
    }
    record(name, "finished");
}

async fn run(name: &str, delay: Duration) {
    record(name, "started");
    time::sleep_until(time::Instant::now() + delay).await;
    record(name, "finished");
}
