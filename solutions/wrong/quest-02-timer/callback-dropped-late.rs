//! caught by: cancel_drops_the_callback_at_once, scenario
//! why: `wait` wakes early, but the callback belongs to a thread that sleeps to the end of the delay.

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

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Armed,
    Running,
    Fired,
    Cancelled,
    Panicked,
}

pub fn spawn_timer(delay: Duration, callback: impl FnOnce() + Send + 'static) -> Timer {
    let shared = Arc::new(Shared { state: Mutex::new(State::Armed), changed: Condvar::new() });
    thread::spawn({
        let shared = Arc::clone(&shared);
        move || {
            thread::sleep(delay);
            if !shared.change(State::Armed, State::Running) {
                return;
            }
            let ended = match catch_unwind(AssertUnwindSafe(callback)) {
                Ok(()) => State::Fired,
                Err(_) => State::Panicked,
            };
            shared.change(State::Running, ended);
        }
    });
    Timer { shared }
}

impl Timer {
    pub fn wait(self) -> Outcome {
        let state = self.shared.state.lock().expect("unpoisoned");
        let ended = self
            .shared
            .changed
            .wait_while(state, |state| matches!(state, State::Armed | State::Running))
            .expect("unpoisoned");
        match *ended {
            State::Cancelled => Outcome::Cancelled,
            State::Panicked => Outcome::Panicked,
            _ => Outcome::Fired,
        }
    }

    pub fn cancel(&self) -> bool {
        self.shared.change(State::Armed, State::Cancelled)
    }
}

impl Shared {
    fn change(&self, from: State, to: State) -> bool {
        let mut state = self.state.lock().expect("unpoisoned");
        let right = *state == from;
        if right {
            *state = to;
            self.changed.notify_all();
        }
        right
    }
}
