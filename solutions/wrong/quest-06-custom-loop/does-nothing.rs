//! caught by: block_on_sleeps_until_it_is_woken, block_on_keeps_a_wake_during_the_poll, a_turn_polls_once_each_what_was_ready, a_task_is_polled_only_when_it_was_woken, two_wakes_make_one_poll, a_finished_task_is_dropped_at_once, run_ends_with_the_last_task_or_says_that_it_stalled, two_tasks_take_three_seconds, a_wake_reaches_whoever_polled_last, one_turn_a_poll_lets_others_run, scenario
//! mistake: does-nothing
//! why: Does nothing at all; every test must notice.
//! says: Which functions of the stub still do nothing? What would the first step of the lesson need?

use std::future::{Future, pending};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

pub type Task<T = ()> = Pin<Box<dyn Future<Output = T>>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stalled: {pending} pending, none woken")]
pub struct Stalled {
    pub pending: usize,
}

pub fn block_on<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing is done"),
    }
}

#[derive(Clone, Default)]
pub struct EventLoop {}

impl EventLoop {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn spawn(&self, _: impl Future<Output = ()> + 'static) {}

    pub fn turn(&self) -> usize {
        0
    }

    pub fn pending(&self) -> usize {
        0
    }

    pub fn run(&self) -> Result<(), Stalled> {
        Ok(())
    }
}

pub async fn custom_event_loop<T: 'static>(_: Vec<Task<T>>) -> Vec<T> {
    pending().await
}
