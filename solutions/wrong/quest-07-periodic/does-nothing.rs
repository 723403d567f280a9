//! caught by: every_tick_up_to_the_end_and_no_other, late_ticks_are_caught_up_and_shift_no_other, sleeps_end_in_the_order_of_their_deadlines, a_sleep_counts_from_the_call, one_sleep_until_each_deadline, a_busy_task_delays_no_sleep, a_sleep_wakes_the_task_that_polled_it_last, run_ends_with_the_last_task_or_says_that_it_stalled, periodic_tasks_share_your_runtime, it_ticks_on_your_loop_of_quest_6, scenario
//! mistake: does-nothing
//! why: Does nothing at all; every test must notice.
//! says: Which parts of the stub are still empty? When, for a start, is the first tick due?

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use timeline::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the interval is zero")]
pub struct ZeroInterval;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stalled: {pending} pending, none woken, no sleep ahead")]
pub struct Stalled {
    pub pending: usize,
}

pub async fn periodic_task(_: Duration, _: &str, _: Duration) -> Result<u32, ZeroInterval> {
    Ok(0)
}

#[derive(Clone, Default)]
pub struct Runtime {}

impl Runtime {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn spawn(&self, _: impl Future<Output = ()> + 'static) {}

    pub fn sleep(&self, _: Duration) -> Sleep {
        Sleep {}
    }

    pub fn spawn_periodic(&self, _: Duration, _: &str, _: Duration) -> Result<(), ZeroInterval> {
        Ok(())
    }

    pub fn run(&self) -> Result<(), Stalled> {
        Ok(())
    }
}

pub struct Sleep {}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}
