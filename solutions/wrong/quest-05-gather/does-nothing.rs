//! caught by: each_task_takes_its_own_time, both_runs_them_together, yield_now_is_pending_once, those_who_yield_take_turns, gather_takes_the_longest, results_come_by_position, futures_may_wait_for_each_other, dropping_gather_drops_its_futures, try_gather_returns_all_values, the_first_error_drops_the_rest, scenario
//! mistake: does-nothing
//! why: Does nothing at all; every test must notice.
//! says: A future does nothing until it is polled. What polls the ones that you are given?

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

pub async fn task_1() {}

pub async fn task_2() {}

pub async fn both() {}

#[derive(Default)]
pub struct YieldNow {}

impl YieldNow {
    pub fn new() -> Self {
        Self::default()
    }
}

impl Future for YieldNow {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

pub async fn gather<F: Future>(_: Vec<F>) -> Vec<F::Output> {
    Vec::new()
}

pub async fn try_gather<T, E, F: Future<Output = Result<T, E>>>(_: Vec<F>) -> Result<Vec<T>, E> {
    Ok(Vec::new())
}
