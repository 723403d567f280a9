//! caught by: cancel_keeps_the_callback_from_running, cancel_drops_the_callback_at_once, wait_after_cancel_returns_at_once, cancel_is_too_late_once_the_callback_has_begun, cancel_and_callback_agree_at_the_very_moment, scenario
//! why: Remembers that it was cancelled and tells so, but nobody looks before the callback runs.

use std::time::Duration;

use timeline::sync::Arc;
use timeline::sync::atomic::{AtomicBool, Ordering};
use timeline::thread::{self, JoinHandle};

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
    cancelled: Arc<AtomicBool>,
    thread: JoinHandle<Outcome>,
}

pub fn spawn_timer(delay: Duration, callback: impl FnOnce() + Send + 'static) -> Timer {
    let cancelled = Arc::new(AtomicBool::new(false));
    let thread = thread::spawn({
        let cancelled = Arc::clone(&cancelled);
        move || {
            thread::sleep(delay);
            callback();
            if cancelled.swap(true, Ordering::SeqCst) { Outcome::Cancelled } else { Outcome::Fired }
        }
    });
    Timer { cancelled, thread }
}

impl Timer {
    pub fn wait(self) -> Outcome {
        self.thread.join().unwrap_or(Outcome::Panicked)
    }

    pub fn cancel(&self) -> bool {
        !self.cancelled.swap(true, Ordering::SeqCst)
    }
}
