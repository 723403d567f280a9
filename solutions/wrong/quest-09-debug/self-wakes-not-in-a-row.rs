//! caught by: ten_self_wakes_in_a_row_are_reported, some seeds
//! why: Counts all self-wakes of a future's life, so a break does not end the row.

use std::any::Any;
use std::error::Error;
use std::future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use timeline::record;
use timeline::time::Instant;
use tokio::time;

pub type BoxError = Box<dyn Error + Send + Sync>;

pub type Task<T = ()> = Pin<Box<dyn Future<Output = T>>>;

const SLOW: Duration = Duration::from_millis(100);

const BUSY: u32 = 10;

pub fn traced<F: Future>(name: &str, future: F) -> Traced<F> {
    Traced { future: Box::pin(future), name: name.into(), progress: Progress::New, self_wakes: 0 }
}

pub struct Traced<F> {
    future: Pin<Box<F>>,
    name: Arc<str>,
    progress: Progress,
    self_wakes: u32,
}

#[derive(Clone, Copy)]
enum Progress {
    New,
    Polled,
    Finished,
}

impl<F: Future> Future for Traced<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // Everything in here is `Unpin`, since the future has a box of its own.
        let this = self.get_mut();
        record(&this.name, "polled");
        this.progress = Progress::Polled;

        let waker = Arc::new(TracedWaker {
            name: Arc::clone(&this.name),
            called: AtomicBool::new(false),
            parent: context.waker().clone(),
        });
        let start = Instant::now();
        let result = this.future.as_mut().poll(&mut Context::from_waker(&Waker::from(Arc::clone(&waker))));
        let took = start.elapsed();

        if took >= SLOW {
            record(&this.name, format_args!("slow poll: {} ms", took.as_millis()));
        }
        if result.is_ready() {
            this.progress = Progress::Finished;
            record(&this.name, "ready");
            return result;
        }
        if waker.called.load(Ordering::Acquire) {
            this.self_wakes = this.self_wakes.saturating_add(1);
            if this.self_wakes == BUSY {
                record(&this.name, format_args!("woke itself {BUSY} times in a row"));
            }
        }
        record(&this.name, "pending");
        result
    }
}

struct TracedWaker {
    name: Arc<str>,
    called: AtomicBool,
    parent: Waker,
}

impl Wake for TracedWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        record(&self.name, "woken");
        self.called.store(true, Ordering::Release);
        self.parent.wake_by_ref();
    }
}

impl<F> Drop for Traced<F> {
    fn drop(&mut self) {
        match self.progress {
            Progress::New => record(&self.name, "dropped, never polled"),
            Progress::Polled => record(&self.name, "dropped, never finished"),
            Progress::Finished => {}
        }
    }
}

pub enum Outcome {
    Done,
    Failed,
    Panicked,
    Pending,
}

pub async fn run_all(jobs: Vec<(String, Task<Result<(), BoxError>>)>, deadline: Duration) -> Vec<(String, Outcome)> {
    let mut jobs: Vec<Job> =
        jobs.into_iter().map(|(name, task)| Job { name, task: Some(task), outcome: Outcome::Pending }).collect();
    let all = future::poll_fn(|context| {
        for job in &mut jobs {
            job.poll(context);
        }
        if jobs.iter().all(|job| job.task.is_none()) { Poll::Ready(()) } else { Poll::Pending }
    });
    if time::timeout(deadline, all).await.is_err() {
        for job in jobs.iter().filter(|job| job.task.is_some()) {
            record(&job.name, "still pending");
        }
    }
    jobs.into_iter().map(|job| (job.name, job.outcome)).collect()
}

struct Job {
    name: String,
    task: Option<Task<Result<(), BoxError>>>,
    outcome: Outcome,
}

impl Job {
    fn poll(&mut self, context: &mut Context<'_>) {
        let Some(task) = &mut self.task else { return };
        // The task is never touched again after a panic, so nobody can see what it has left half done.
        let polled = catch_unwind(AssertUnwindSafe(|| task.as_mut().poll(context)));
        self.outcome = match polled {
            Ok(Poll::Pending) => return,
            Ok(Poll::Ready(Ok(()))) => {
                record(&self.name, "done");
                Outcome::Done
            }
            Ok(Poll::Ready(Err(error))) => {
                record(&self.name, format_args!("failed: {error}"));
                Outcome::Failed
            }
            Err(payload) => {
                match message(payload.as_ref()) {
                    Some(message) => record(&self.name, format_args!("panicked: {message}")),
                    None => record(&self.name, "panicked"),
                }
                Outcome::Panicked
            }
        };
        self.task = None;
    }
}

fn message(payload: &(dyn Any + Send)) -> Option<&str> {
    match payload.downcast_ref::<&str>() {
        Some(literal) => Some(literal),
        None => payload.downcast_ref::<String>().map(String::as_str),
    }
}
