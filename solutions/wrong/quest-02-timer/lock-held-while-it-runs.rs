//! caught by: cancel_is_too_late_once_the_callback_has_begun, scenario
//! why: Holds the lock while the callback runs, so `cancel` waits for the callback.

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
        let slot = self.callback.lock().expect("unpoisoned");
        let (mut slot, _) =
            self.changed.wait_timeout_while(slot, delay, |callback| callback.is_some()).expect("unpoisoned");
        match slot.take() {
            Some(callback) => {
                callback();
                Outcome::Fired
            }
            None => Outcome::Cancelled,
        }
    }
}
