//! caught by: timer_calls_back_after_the_delay, spawn_timer_returns_at_once, the_shorter_timer_fires_first, wait_returns_when_the_callback_has_ended, a_panic_is_reported_and_harms_no_other, cancel_keeps_the_callback_from_running, cancel_drops_the_callback_at_once, wait_after_cancel_returns_at_once, cancel_is_too_late_once_the_callback_has_begun, cancel_and_callback_agree_at_the_very_moment, scenario
//! mistake: does-nothing
//! why: Does nothing at all; every test must notice.
//! says: What has to happen when the delay is over, and which thread will be awake to do it?

use std::time::Duration;

pub enum Outcome {
    Fired,
    Cancelled,
    Panicked,
}

pub fn timer(_: Duration, _: impl FnOnce()) {}

pub struct Timer {}

pub fn spawn_timer(_: Duration, _: impl FnOnce() + Send + 'static) -> Timer {
    Timer {}
}

impl Timer {
    pub fn wait(self) -> Outcome {
        Outcome::Cancelled
    }

    pub fn cancel(&self) -> bool {
        true
    }
}
