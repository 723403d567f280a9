//! caught by: every_poll_is_logged, each_wake_is_logged_when_it_comes, a_wake_goes_to_whoever_polled_last, a_poll_of_100_ms_is_slow, waiting_is_not_slow, ten_self_wakes_in_a_row_are_reported, a_future_dropped_before_its_end_is_reported, one_failure_leaves_the_others_alone, a_panic_ends_one_job_only, at_the_deadline_the_pending_are_named, scenario
//! mistake: does-nothing
//! why: Traces nothing and runs no job; every test must notice.
//! says: Nothing is recorded yet. Which moment in the life of a future would you record first?

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

pub type BoxError = Box<dyn Error + Send + Sync>;
pub type Task<T = ()> = Pin<Box<dyn Future<Output = T>>>;

pub fn traced<F: Future>(_: &str, future: F) -> Traced<F> {
    Traced { future: Box::pin(future) }
}

pub struct Traced<F> {
    future: Pin<Box<F>>,
}

impl<F: Future> Future for Traced<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.future.as_mut().poll(context)
    }
}

impl<F> Drop for Traced<F> {
    fn drop(&mut self) {}
}

pub enum Outcome {
    Done,
    Failed,
    Panicked,
    Pending,
}

pub async fn run_all(_: Vec<(String, Task<Result<(), BoxError>>)>, _: Duration) -> Vec<(String, Outcome)> {
    Vec::new()
}
