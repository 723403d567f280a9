//! why: Each job has its own waker, and only those that were woken are polled; panics become values in a future around
//! each job.

use std::any::Any;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use timeline::record;
use tokio::time::{self, Instant};

pub type BoxError = Box<dyn Error + Send + Sync>;
pub type Task<T = ()> = Pin<Box<dyn Future<Output = T>>>;

pub fn traced<F: Future>(name: &str, future: F) -> Traced<F> {
    Traced {
        future: Box::pin(future),
        log: Arc::new(Log {
            name: name.to_owned(),
            being_polled: AtomicBool::new(false),
            own_wake: AtomicBool::new(false),
            row: AtomicU32::new(0),
        }),
        ending: Some("dropped, never polled"),
    }
}

pub struct Traced<F> {
    future: Pin<Box<F>>,
    log: Arc<Log>,
    /// What there is to say if the future were dropped now.
    ending: Option<&'static str>,
}

struct Log {
    name: String,
    being_polled: AtomicBool,
    own_wake: AtomicBool,
    row: AtomicU32,
}

struct Between {
    log: Arc<Log>,
    parent: Waker,
}

impl Wake for Between {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        record(&self.log.name, "woken");
        if self.log.being_polled.load(Ordering::SeqCst) {
            self.log.own_wake.store(true, Ordering::SeqCst);
        }
        self.parent.wake_by_ref();
    }
}

impl<F: Future> Future for Traced<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Traced { future, log, ending } = Pin::into_inner(self);
        record(&log.name, "polled");
        *ending = Some("dropped, never finished");
        log.own_wake.store(false, Ordering::SeqCst);
        log.being_polled.store(true, Ordering::SeqCst);
        let between = Waker::from(Arc::new(Between { log: Arc::clone(log), parent: context.waker().clone() }));
        let start = Instant::now();
        let polled = future.as_mut().poll(&mut Context::from_waker(&between));
        let took = start.elapsed();
        log.being_polled.store(false, Ordering::SeqCst);
        if took >= Duration::from_millis(100) {
            record(&log.name, format!("slow poll: {} ms", took.as_millis()));
        }
        match &polled {
            Poll::Ready(_) => {
                *ending = None;
                record(&log.name, "ready");
            }
            Poll::Pending => {
                if !log.own_wake.load(Ordering::SeqCst) {
                    log.row.store(0, Ordering::SeqCst);
                } else if log.row.fetch_add(1, Ordering::SeqCst) + 1 == 10 {
                    record(&log.name, "woke itself 10 times in a row");
                }
                record(&log.name, "pending");
            }
        }
        polled
    }
}

impl<F> Drop for Traced<F> {
    fn drop(&mut self) {
        if let Some(ending) = self.ending {
            record(&self.log.name, ending);
        }
    }
}

pub enum Outcome {
    Done,
    Failed,
    Panicked,
    Pending,
}

/// A future whose panics are errors.
struct CatchUnwind(Task<Result<(), BoxError>>);

impl Future for CatchUnwind {
    type Output = Result<Result<(), BoxError>, Box<dyn Any + Send>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(context))) {
            Ok(polled) => polled.map(Ok),
            Err(payload) => Poll::Ready(Err(payload)),
        }
    }
}

/// Which jobs have been woken, and whom to wake then.
struct Ready {
    jobs: Vec<usize>,
    parent: Waker,
}

struct JobWaker {
    index: usize,
    ready: Arc<Mutex<Ready>>,
}

impl Wake for JobWaker {
    fn wake(self: Arc<Self>) {
        let mut ready = self.ready.lock().expect("unpoisoned");
        if !ready.jobs.contains(&self.index) {
            ready.jobs.push(self.index);
        }
        let parent = ready.parent.clone();
        drop(ready);
        parent.wake();
    }
}

async fn named(name: String, job: Task<Result<(), BoxError>>) -> Outcome {
    match CatchUnwind(job).await {
        Ok(Ok(())) => {
            record(name, "done");
            Outcome::Done
        }
        Ok(Err(error)) => {
            record(name, format!("failed: {error}"));
            Outcome::Failed
        }
        Err(payload) => {
            let text = payload.downcast::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|payload| payload.downcast::<String>().map(|text| *text));
            record(name, text.map_or("panicked".to_owned(), |text| format!("panicked: {text}")));
            Outcome::Panicked
        }
    }
}

pub async fn run_all(jobs: Vec<(String, Task<Result<(), BoxError>>)>, deadline: Duration) -> Vec<(String, Outcome)> {
    let (names, jobs): (Vec<String>, Vec<_>) = jobs.into_iter().unzip();
    let mut outcomes: Vec<Outcome> = names.iter().map(|_| Outcome::Pending).collect();
    let mut running: Vec<Option<Task<Outcome>>> =
        names.iter().zip(jobs).map(|(name, job)| Some(Box::pin(named(name.clone(), job)) as Task<Outcome>)).collect();
    let mut left = running.len();
    let ready = Arc::new(Mutex::new(Ready { jobs: (0..left).collect(), parent: Waker::noop().clone() }));
    let all = std::future::poll_fn(|context| {
        let woken = {
            let mut ready = ready.lock().expect("unpoisoned");
            ready.parent = context.waker().clone();
            std::mem::take(&mut ready.jobs)
        };
        for index in woken {
            let Some(job) = &mut running[index] else { continue };
            let waker = Waker::from(Arc::new(JobWaker { index, ready: Arc::clone(&ready) }));
            if let Poll::Ready(outcome) = job.as_mut().poll(&mut Context::from_waker(&waker)) {
                outcomes[index] = outcome;
                running[index] = None;
                left -= 1;
            }
        }
        if left == 0 { Poll::Ready(()) } else { Poll::Pending }
    });
    tokio::select! {
        biased;
        () = all => {}
        () = time::sleep(deadline) => {}
    }
    for (name, job) in names.iter().zip(&running) {
        if job.is_some() {
            record(name, "still pending");
        }
    }
    names.into_iter().zip(outcomes).collect()
}
