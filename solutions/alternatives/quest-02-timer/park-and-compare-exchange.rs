//! why: The thread parks with a timeout and keeps the callback; one atomic state, changed by compare-and-exchange, decides who wins.

use std::time::Duration;

use timeline::sync::Arc;
use timeline::sync::atomic::{AtomicU8, Ordering};
use timeline::thread::{self, JoinHandle};
use timeline::time::Instant;

const ARMED: u8 = 0;
const FIRING: u8 = 1;
const CANCELLED: u8 = 2;

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
    state: Arc<AtomicU8>,
    thread: JoinHandle<Outcome>,
}

pub fn spawn_timer(delay: Duration, callback: impl FnOnce() + Send + 'static) -> Timer {
    let state = Arc::new(AtomicU8::new(ARMED));
    let start = Instant::now();
    let thread = thread::spawn({
        let state = Arc::clone(&state);
        move || {
            while state.load(Ordering::SeqCst) == ARMED && start.elapsed() < delay {
                thread::park_timeout(delay.saturating_sub(start.elapsed()));
            }
            if decide(&state, FIRING) {
                callback();
                Outcome::Fired
            } else {
                Outcome::Cancelled
            }
        }
    });
    Timer { state, thread }
}

fn decide(state: &AtomicU8, end: u8) -> bool {
    state.compare_exchange(ARMED, end, Ordering::SeqCst, Ordering::SeqCst).is_ok()
}

impl Timer {
    pub fn wait(self) -> Outcome {
        self.thread.join().unwrap_or(Outcome::Panicked)
    }

    pub fn cancel(&self) -> bool {
        let in_time = decide(&self.state, CANCELLED);
        self.thread.thread().unpark();
        in_time
    }
}
