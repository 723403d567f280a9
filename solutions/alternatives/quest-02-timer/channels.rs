//! why: The thread waits for a message with a timeout and reports the outcome through a second channel; a panic is caught in place.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use timeline::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use timeline::sync::{Arc, Mutex};
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
    undecided: Arc<Mutex<bool>>,
    cancel: Sender<()>,
    outcome: Receiver<Outcome>,
}

pub fn spawn_timer(delay: Duration, callback: impl FnOnce() + Send + 'static) -> Timer {
    let undecided = Arc::new(Mutex::new(true));
    let (cancel, cancelled) = channel();
    let (tell, outcome) = channel();
    thread::spawn({
        let undecided = Arc::clone(&undecided);
        // The thread holds a sender too, so that a dropped `Timer` does not close the channel.
        let keep_open = cancel.clone();
        move || {
            let message = cancelled.recv_timeout(delay);
            drop(keep_open);
            let fires = message == Err(RecvTimeoutError::Timeout) && decide(&undecided);
            let outcome = if !fires {
                drop(callback);
                Outcome::Cancelled
            } else if catch_unwind(AssertUnwindSafe(callback)).is_ok() {
                Outcome::Fired
            } else {
                Outcome::Panicked
            };
            // Nobody listens any more if the `Timer` was dropped.
            let _ = tell.send(outcome);
        }
    });
    Timer { undecided, cancel, outcome }
}

fn decide(undecided: &Mutex<bool>) -> bool {
    std::mem::replace(&mut *undecided.lock().expect("unpoisoned"), false)
}

impl Timer {
    pub fn wait(self) -> Outcome {
        self.outcome.recv().expect("the thread tells its outcome before it ends")
    }

    pub fn cancel(&self) -> bool {
        let in_time = decide(&self.undecided);
        if in_time {
            // The thread may already have been woken by its timeout: then it finds the decision made.
            let _ = self.cancel.send(());
        }
        in_time
    }
}
