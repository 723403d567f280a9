//! caught by: spawn_timer_returns_at_once, scenario
//! why: Dropping the `Timer` closes the channel on which its thread waits, and the thread takes that for a `cancel`.

use std::time::Duration;

use timeline::sync::mpsc::{self, RecvTimeoutError};
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
    callback: Slot,
    wake: mpsc::Sender<()>,
    thread: JoinHandle<Outcome>,
}

type Slot = Arc<Mutex<Option<Box<dyn FnOnce() + Send>>>>;

pub fn spawn_timer(delay: Duration, callback: impl FnOnce() + Send + 'static) -> Timer {
    let callback: Slot = Arc::new(Mutex::new(Some(Box::new(callback))));
    let (wake, woken) = mpsc::channel();
    let thread = thread::spawn({
        let callback = Arc::clone(&callback);
        move || {
            if woken.recv_timeout(delay) != Err(RecvTimeoutError::Timeout) {
                return Outcome::Cancelled;
            }
            let callback = callback.lock().expect("unpoisoned").take();
            match callback {
                Some(callback) => {
                    callback();
                    Outcome::Fired
                }
                None => Outcome::Cancelled,
            }
        }
    });
    Timer { callback, wake, thread }
}

impl Timer {
    pub fn wait(self) -> Outcome {
        let Self { wake, thread, .. } = self;
        let outcome = thread.join().unwrap_or(Outcome::Panicked);
        drop(wake);
        outcome
    }

    pub fn cancel(&self) -> bool {
        let callback = self.callback.lock().expect("unpoisoned").take();
        // The thread may be gone: then it needs no waking.
        let _ = self.wake.send(());
        callback.is_some()
    }
}
