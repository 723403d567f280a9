//! caught by: spawn_timer_returns_at_once, scenario
//! why: Runs the callback at once, on the thread of the caller, if the delay is zero.

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
    let mut callback: Option<Box<dyn FnOnce() + Send>> = Some(Box::new(callback));
    if delay.is_zero()
        && let Some(callback) = callback.take()
    {
        callback();
    }
    let shared = Arc::new(Shared { callback: Mutex::new(callback), changed: Condvar::new() });
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
