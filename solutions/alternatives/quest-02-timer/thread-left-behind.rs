//! why: `cancel` takes the callback away and notifies `wait`; the thread sleeps on with nothing left to do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use timeline::sync::{Arc, Condvar, Mutex};
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
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
enum State {
    Armed(Box<dyn FnOnce() + Send>),
    #[default]
    Running,
    Ended(Outcome),
}

pub fn spawn_timer(delay: Duration, callback: impl FnOnce() + Send + 'static) -> Timer {
    let shared = Arc::new(Shared { state: Mutex::new(State::Armed(Box::new(callback))), changed: Condvar::new() });
    thread::spawn({
        let shared = Arc::clone(&shared);
        move || {
            thread::sleep(delay);
            let Some(callback) = shared.disarm(State::Running) else {
                return;
            };
            let outcome = match catch_unwind(AssertUnwindSafe(callback)) {
                Ok(()) => Outcome::Fired,
                Err(_) => Outcome::Panicked,
            };
            *shared.state.lock().expect("unpoisoned") = State::Ended(outcome);
            shared.changed.notify_all();
        }
    });
    Timer { shared }
}

impl Timer {
    pub fn wait(self) -> Outcome {
        let mut state = self.shared.state.lock().expect("unpoisoned");
        loop {
            if let State::Ended(outcome) = &*state {
                return match outcome {
                    Outcome::Fired => Outcome::Fired,
                    Outcome::Cancelled => Outcome::Cancelled,
                    Outcome::Panicked => Outcome::Panicked,
                };
            }
            state = self.shared.changed.wait(state).expect("unpoisoned");
        }
    }

    pub fn cancel(&self) -> bool {
        self.shared.disarm(State::Ended(Outcome::Cancelled)).is_some()
    }
}

impl Shared {
    /// Takes the callback if it is still there, and only then changes the state.
    fn disarm(&self, next: State) -> Option<Box<dyn FnOnce() + Send>> {
        let mut state = self.state.lock().expect("unpoisoned");
        match std::mem::take(&mut *state) {
            State::Armed(callback) => {
                *state = next;
                self.changed.notify_all();
                Some(callback)
            }
            other => {
                *state = other;
                None
            }
        }
    }
}
