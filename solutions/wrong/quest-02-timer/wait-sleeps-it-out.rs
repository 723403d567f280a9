//! caught by: wait_after_cancel_returns_at_once, scenario
//! why: The thread sleeps with `thread::sleep`, which nobody can interrupt, and `wait` sleeps with it.

use std::time::Duration;

use timeline::sync::{Arc, Mutex};
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
}

pub fn spawn_timer(delay: Duration, callback: impl FnOnce() + Send + 'static) -> Timer {
    let shared = Arc::new(Shared { callback: Mutex::new(Some(Box::new(callback))) });
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
        callback.is_some()
    }
}

impl Shared {
    fn fire_after(&self, delay: Duration) -> Outcome {
        thread::sleep(delay);
        let callback = self.callback.lock().expect("unpoisoned").take();
        match callback {
            Some(callback) => {
                callback();
                Outcome::Fired
            }
            None => Outcome::Cancelled,
        }
    }
}
