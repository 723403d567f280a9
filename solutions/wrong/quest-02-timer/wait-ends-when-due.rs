//! caught by: wait_returns_when_the_callback_has_ended, a_panic_is_reported_and_harms_no_other, scenario
//! why: `wait` returns when the delay is over, and does not wait for the callback to end.

use std::time::Duration;

use timeline::sync::{Arc, Condvar, Mutex, mpsc};
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
    shared: Arc<Shared>,
    due: mpsc::Receiver<Outcome>,
}

struct Shared {
    callback: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    changed: Condvar,
}

pub fn spawn_timer(delay: Duration, callback: impl FnOnce() + Send + 'static) -> Timer {
    let shared = Arc::new(Shared { callback: Mutex::new(Some(Box::new(callback))), changed: Condvar::new() });
    let (tell, due) = mpsc::channel();
    thread::spawn({
        let shared = Arc::clone(&shared);
        move || shared.fire_after(delay, &tell)
    });
    Timer { shared, due }
}

impl Timer {
    pub fn wait(self) -> Outcome {
        self.due.recv().unwrap_or(Outcome::Panicked)
    }

    pub fn cancel(&self) -> bool {
        let callback = self.shared.callback.lock().expect("unpoisoned").take();
        self.shared.changed.notify_one();
        callback.is_some()
    }
}

impl Shared {
    fn fire_after(&self, delay: Duration, tell: &mpsc::Sender<Outcome>) {
        let slot = self.callback.lock().expect("unpoisoned");
        let (mut slot, _) =
            self.changed.wait_timeout_while(slot, delay, |callback| callback.is_some()).expect("unpoisoned");
        let callback = slot.take();
        drop(slot);
        let outcome = if callback.is_some() { Outcome::Fired } else { Outcome::Cancelled };
        // The `Timer` may be gone: then nobody wants to know.
        let _ = tell.send(outcome);
        if let Some(callback) = callback {
            callback();
        }
    }
}
