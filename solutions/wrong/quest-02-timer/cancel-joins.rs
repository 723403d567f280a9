//! caught by: cancel_keeps_the_callback_from_running, cancel_drops_the_callback_at_once, wait_after_cancel_returns_at_once, scenario
//! why: `cancel` waits until the timer's thread has slept out the delay.

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
    callback: Arc<Mutex<Option<Box<dyn FnOnce() + Send>>>>,
    thread: Mutex<Option<JoinHandle<Outcome>>>,
}

pub fn spawn_timer(delay: Duration, callback: impl FnOnce() + Send + 'static) -> Timer {
    let callback: Box<dyn FnOnce() + Send> = Box::new(callback);
    let callback = Arc::new(Mutex::new(Some(callback)));
    let thread = thread::spawn({
        let callback = Arc::clone(&callback);
        move || {
            thread::sleep(delay);
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
    Timer { callback, thread: Mutex::new(Some(thread)) }
}

impl Timer {
    pub fn wait(self) -> Outcome {
        match self.thread.lock().expect("unpoisoned").take() {
            Some(thread) => thread.join().unwrap_or(Outcome::Panicked),
            None => Outcome::Cancelled,
        }
    }

    pub fn cancel(&self) -> bool {
        let callback = self.callback.lock().expect("unpoisoned").take();
        if callback.is_none() {
            return false;
        }
        if let Some(thread) = self.thread.lock().expect("unpoisoned").take() {
            thread.join().expect("a cancelled timer does not panic");
        }
        true
    }
}
