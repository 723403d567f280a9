//! caught by: cancel_and_callback_agree_at_the_very_moment
//! why: `cancel` asks the clock whether it comes in time, and at the very instant both sides are right.

use std::time::Duration;

use timeline::sync::atomic::{AtomicBool, Ordering};
use timeline::sync::{Arc, Condvar, Mutex};
use timeline::thread::{self, JoinHandle};
use timeline::time::Instant;

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
    due: Instant,
    cancelled: AtomicBool,
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
    Timer { shared, thread, due: Instant::now() + delay, cancelled: AtomicBool::new(false) }
}

impl Timer {
    pub fn wait(self) -> Outcome {
        self.thread.join().unwrap_or(Outcome::Panicked)
    }

    pub fn cancel(&self) -> bool {
        let in_time = Instant::now() <= self.due;
        if in_time {
            let callback = self.shared.callback.lock().expect("unpoisoned").take();
            self.shared.changed.notify_one();
            drop(callback);
        }
        in_time && !self.cancelled.swap(true, Ordering::SeqCst)
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
