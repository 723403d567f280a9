//! why: One waker for all polls, around a parent that can change; jobs are tokio's local tasks, whose handles report panics.

use std::error::Error;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use timeline::record;
use timeline::time::Instant;
use tokio::task::LocalSet;
use tokio::time;

pub type BoxError = Box<dyn Error + Send + Sync>;
pub type Task<T = ()> = Pin<Box<dyn Future<Output = T>>>;

pub fn traced<F: Future>(name: &str, future: F) -> Traced<F> {
    let shared =
        Shared { name: name.to_owned(), wakes: AtomicUsize::new(0), parent: Mutex::new(Waker::noop().clone()) };
    Traced { future: Box::pin(future), shared: Arc::new(shared), polls: 0, finished: false, row: 0 }
}

pub struct Traced<F> {
    future: Pin<Box<F>>,
    shared: Arc<Shared>,
    polls: usize,
    finished: bool,
    row: usize,
}

struct Shared {
    name: String,
    wakes: AtomicUsize,
    parent: Mutex<Waker>,
}

impl Wake for Shared {
    fn wake(self: Arc<Self>) {
        self.wakes.fetch_add(1, Ordering::SeqCst);
        record(&self.name, "woken");
        let parent = self.parent.lock().expect("unpoisoned").clone();
        parent.wake();
    }
}

impl<F: Future> Future for Traced<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let shared = Arc::clone(&self.shared);
        shared.parent.lock().expect("unpoisoned").clone_from(context.waker());
        self.polls += 1;
        record(&shared.name, "polled");
        let wakes_before = shared.wakes.load(Ordering::SeqCst);
        let begin = Instant::now();
        let waker = Waker::from(Arc::clone(&shared));
        let polled = self.future.as_mut().poll(&mut Context::from_waker(&waker));
        let milliseconds = begin.elapsed().as_millis();
        let woke_itself = shared.wakes.load(Ordering::SeqCst) > wakes_before;
        self.finished = polled.is_ready();
        self.row = if woke_itself && polled.is_pending() { self.row + 1 } else { 0 };
        if milliseconds >= 100 {
            record(&shared.name, format!("slow poll: {milliseconds} ms"));
        }
        if self.row == 10 {
            record(&shared.name, "woke itself 10 times in a row");
        }
        record(&shared.name, if polled.is_ready() { "ready" } else { "pending" });
        polled
    }
}

impl<F> Drop for Traced<F> {
    fn drop(&mut self) {
        if self.polls == 0 {
            record(&self.shared.name, "dropped, never polled");
        } else if !self.finished {
            record(&self.shared.name, "dropped, never finished");
        }
    }
}

#[derive(Clone, Copy)]
pub enum Outcome {
    Done,
    Failed,
    Panicked,
    Pending,
}

pub async fn run_all(jobs: Vec<(String, Task<Result<(), BoxError>>)>, deadline: Duration) -> Vec<(String, Outcome)> {
    let end = time::Instant::now().checked_add(deadline);
    let tasks = LocalSet::new();
    let handles: Vec<_> = jobs
        .into_iter()
        .map(|(name, job)| {
            let work = tasks.spawn_local(job);
            let reporter = name.clone();
            let reported = tasks.spawn_local(async move {
                match work.await {
                    Ok(Ok(())) => {
                        record(reporter, "done");
                        Outcome::Done
                    }
                    Ok(Err(error)) => {
                        record(reporter, format!("failed: {error}"));
                        Outcome::Failed
                    }
                    Err(panic) => {
                        let payload = panic.into_panic();
                        if let Some(text) = payload.downcast_ref::<String>() {
                            record(reporter, format!("panicked: {text}"));
                        } else if let Some(text) = payload.downcast_ref::<&'static str>() {
                            record(reporter, format!("panicked: {text}"));
                        } else {
                            record(reporter, "panicked");
                        }
                        Outcome::Panicked
                    }
                }
            });
            (name, reported)
        })
        .collect();
    let collect = async {
        let mut outcomes = Vec::new();
        for (name, mut handle) in handles {
            // Each waits until the same end; what has ended by then is ready at once.
            let ended = match end {
                Some(end) => time::timeout_at(end, &mut handle).await.ok(),
                None => Some(handle.await),
            };
            let outcome = ended.map_or(Outcome::Pending, |joined| joined.expect("the reporter does not panic"));
            if matches!(outcome, Outcome::Pending) {
                record(&name, "still pending");
            }
            outcomes.push((name, outcome));
        }
        outcomes
    };
    tasks.run_until(collect).await
}
