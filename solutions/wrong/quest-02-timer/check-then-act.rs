//! caught by: cancel_and_callback_agree_at_the_very_moment
//! why: The thread checks whether it was cancelled, lets go of the lock, and only then says that it fires.

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
    fired: Mutex<bool>,
    cancelled: Mutex<bool>,
    changed: Condvar,
}

pub fn spawn_timer(delay: Duration, callback: impl FnOnce() + Send + 'static) -> Timer {
    let shared = Arc::new(Shared {
        callback: Mutex::new(Some(Box::new(callback))),
        fired: Mutex::new(false),
        cancelled: Mutex::new(false),
        changed: Condvar::new(),
    });
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
        let fired = *self.shared.fired.lock().expect("unpoisoned");
        if fired {
            return false;
        }
        let mut cancelled = self.shared.cancelled.lock().expect("unpoisoned");
        if *cancelled {
            return false;
        }
        *cancelled = true;
        drop(cancelled);
        let callback = self.shared.callback.lock().expect("unpoisoned").take();
        self.shared.changed.notify_one();
        drop(callback);
        true
    }
}

impl Shared {
    fn fire_after(&self, delay: Duration) -> Outcome {
        let cancelled = self.cancelled.lock().expect("unpoisoned");
        let (cancelled, timeout) =
            self.changed.wait_timeout_while(cancelled, delay, |cancelled| !*cancelled).expect("unpoisoned");
        drop(cancelled);
        if !timeout.timed_out() {
            return Outcome::Cancelled;
        }
        thread::yield_now();
        *self.fired.lock().expect("unpoisoned") = true;
        let callback = self.callback.lock().expect("unpoisoned").take();
        if let Some(callback) = callback {
            callback();
        }
        Outcome::Fired
    }
}
