//! caught by: spawn_timer_returns_at_once, the_shorter_timer_fires_first, wait_returns_when_the_callback_has_ended, a_panic_is_reported_and_harms_no_other, cancel_keeps_the_callback_from_running, cancel_drops_the_callback_at_once, wait_after_cancel_returns_at_once, cancel_is_too_late_once_the_callback_has_begun, cancel_and_callback_agree_at_the_very_moment, scenario
//! why: Waits and calls back on the thread of the caller, so the timer is over before it is returned.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use timeline::thread;

pub enum Outcome {
    Fired,
    Cancelled,
    Panicked,
}

pub fn timer(delay: Duration, callback: impl FnOnce()) {
    thread::sleep(delay);
    callback();
}

pub struct Timer {
    panicked: bool,
}

pub fn spawn_timer(delay: Duration, callback: impl FnOnce() + Send + 'static) -> Timer {
    let result = catch_unwind(AssertUnwindSafe(|| timer(delay, callback)));
    Timer { panicked: result.is_err() }
}

impl Timer {
    pub fn wait(self) -> Outcome {
        if self.panicked { Outcome::Panicked } else { Outcome::Fired }
    }

    pub fn cancel(&self) -> bool {
        false
    }
}
