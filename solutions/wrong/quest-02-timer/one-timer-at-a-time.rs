//! caught by: spawn_timer_returns_at_once, the_shorter_timer_fires_first, wait_returns_when_the_callback_has_ended, a_panic_is_reported_and_harms_no_other, cancel_keeps_the_callback_from_running, wait_after_cancel_returns_at_once, scenario
//! why: All timers share one lock while they sleep, so each waits for those before it.

use std::time::Duration;

use timeline::sync::{Arc, Condvar, Mutex};
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
    shared: Arc<Shared>,
    thread: JoinHandle<Outcome>,
}

struct Shared {
    callback: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    changed: Condvar,
}

static ONE_AT_A_TIME: std::sync::LazyLock<Mutex<()>> = std::sync::LazyLock::new(Mutex::default);

pub fn spawn_timer(delay: Duration, callback: impl FnOnce() + Send + 'static) -> Timer {
    let shared = Arc::new(Shared { callback: Mutex::new(Some(Box::new(callback))), changed: Condvar::new() });
    let thread = thread::spawn({
        let shared = Arc::clone(&shared);
        move || shared.fire_after(delay)
    });
    Timer { shared, thread }
}

impl Timer {
    pub fn wait(self) -> Outcome {
        self.thread.join().unwrap_or(Outcome::Panicked)
    }

    pub fn cancel(&self) -> bool {
        let callback = self.shared.callback.lock().expect("unpoisoned").take();
        self.shared.changed.notify_one();
        callback.is_some()
    }
}

impl Shared {
    fn fire_after(&self, delay: Duration) -> Outcome {
        let _turn = ONE_AT_A_TIME.lock();
        let slot = self.callback.lock().expect("unpoisoned");
        let (mut slot, _) =
            self.changed.wait_timeout_while(slot, delay, |callback| callback.is_some()).expect("unpoisoned");
        let callback = slot.take();
        drop(slot);
        match callback {
            Some(callback) => {
                callback();
                Outcome::Fired
            }
            None => Outcome::Cancelled,
        }
    }
}
