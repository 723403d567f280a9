//! caught by: timer_calls_back_after_the_delay, scenario
//! why: Calls back first and waits afterwards.

use std::time::Duration;

use timeline::sync::{Arc, Condvar, Mutex};
use timeline::thread::{self, JoinHandle};

pub enum Outcome {
    Fired,
    Cancelled,
    Panicked,
}

pub fn timer(delay: Duration, callback: impl FnOnce()) {
    callback();
    thread::sleep(delay);
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
