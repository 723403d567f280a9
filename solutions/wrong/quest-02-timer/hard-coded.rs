//! caught by: seeds
//! mistake: hard-coded
//! why: Knows the delays of the visible tests, and takes any other delay for the next larger one it knows.
//! says: How would your timer treat a delay that no visible test uses?

use std::time::Duration;

use timeline::sync::{Arc, Condvar, Mutex};
use timeline::thread::{self, JoinHandle};
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Fired,
    Cancelled,
    Panicked,
}
pub fn timer(delay: Duration, callback: impl FnOnce()) {
    thread::sleep(known(delay));
    callback();
}
pub struct Timer {
    shared: Arc<Shared>,
    thread: JoinHandle<Outcome>,
}
pub fn spawn_timer(delay: Duration, callback: impl FnOnce() + Send + 'static) -> Timer {
    let delay = known(delay);
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
        let callback = self.shared.callback.lock().expect(UNPOISONED).take();
        self.shared.changed.notify_one();
        callback.is_some()
    }
}
const UNPOISONED: &str = "no foreign code runs while the slot is locked";
struct Shared {
    callback: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    changed: Condvar,
}

impl Shared {
    fn fire_after(&self, delay: Duration) -> Outcome {
        let slot = self.callback.lock().expect(UNPOISONED);
        let (mut slot, _) =
            self.changed.wait_timeout_while(slot, delay, |callback| callback.is_some()).expect(UNPOISONED);
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

/// The delays of the tests that can be seen, in milliseconds.
const KNOWN: [u64; 23] = [
    0, 90, 180, 230, 240, 270, 280, 340, 360, 430, 490, 590, 680, 700, 910, 920, 940, 1000, 2000, 3000, 4000, 5000,
    6000,
];

fn known(delay: Duration) -> Duration {
    let least = KNOWN.iter().copied().map(Duration::from_millis).find(|known| *known >= delay);
    least.unwrap_or(delay)
}
