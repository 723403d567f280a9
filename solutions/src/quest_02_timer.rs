//! Quest 2: A timer with callbacks.
//!
//! # Why it works
//!
//! The callback is in a slot, a `Mutex<Option<…>>`, which the timer's thread shares with the `Timer`. The slot is the
//! whole state: `Some` means that nothing is decided yet, `None` that it is. The side that takes the callback out
//! decides. If the thread takes it, the timer fires. If `cancel` takes it, the timer never fires. Taking is one step
//! under one lock, so there is no moment at which both sides could believe that they had won, or that neither had. That
//! is what makes the answers of `cancel`, of the callback and of `wait` agree, even at the instant at which the timer
//! is due.
//!
//! The thread does not `sleep`. It waits on a condition variable, and the condition is "the slot is still full". The
//! wait ends when the delay is over or when `cancel` has emptied the slot. `wait_timeout_while` looks at the
//! condition before it sleeps, so that a `cancel` that comes before the thread has even begun is not lost. It looks again
//! after each wake, so that a spurious one does no harm.
//!
//! The callback runs after the lock has been released. So `cancel` can answer at once while the callback takes its
//! time, and a panic in it does not poison the lock. For the same reason `cancel` drops the callback only after its
//! statement with the lock has ended: dropping runs the destructors of whatever the callback owned, and they are not
//! our code.
//!
//! `wait` is a join, since the thread ends when the timer does. The thread's return value is the outcome, and a panic
//! arrives as the `Err` of `join`.
//!
//! # What goes wrong otherwise
//!
//! - *A flag `cancelled` next to `thread::sleep`.* The callback does not run, but its thread sleeps on, `wait` sleeps
//!   with it, and what the callback owns stays alive until the end of the delay.
//! - *Check the flag, then call.* Between the two, `cancel` may set the flag and return `true`, and the callback still
//!   runs.
//! - *The clock as judge* ("cancel is in time if the delay is not yet over"). At the very instant both are right.
//! - *`if let Some(callback) = slot.lock().unwrap().take() { callback() }`.* Up to edition 2021 the guard of the lock
//!   lives to the end of the whole `if let`, in edition 2024 to the end of its body: in both, the callback runs under the
//!   lock.
//! - *Running the callback at once when the delay is zero.* Then the caller waits for it, which it never does otherwise.

use std::time::Duration;

use timeline::sync::{Arc, Condvar, Mutex};
use timeline::thread::{self, JoinHandle};

/// How a timer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The callback ran and returned.
    Fired,
    /// The timer was cancelled. The callback did not run and never will.
    Cancelled,
    /// The callback ran and panicked.
    Panicked,
}

/// Waits for the delay, then calls back, on the calling thread.
///
/// Returns when the callback has returned. Records nothing; that is up to the callback.
pub fn timer(delay: Duration, callback: impl FnOnce()) {
    thread::sleep(delay);
    callback();
}

/// A timer that `spawn_timer` has started.
///
/// Dropping it changes nothing: the callback still runs when it is due.
pub struct Timer {
    shared: Arc<Shared>,
    thread: JoinHandle<Outcome>,
}

/// Starts a timer on its own thread and returns at once.
///
/// The callback runs on that thread, once, when the delay is over and not before. This holds for a delay of zero, too:
/// the caller does not wait for the callback. Timers do not wait for each other. Records nothing; that is up to the
/// callback.
pub fn spawn_timer(delay: Duration, callback: impl FnOnce() + Send + 'static) -> Timer {
    let shared = Arc::new(Shared { callback: Mutex::new(Some(Box::new(callback))), changed: Condvar::new() });
    let thread = thread::spawn({
        let shared = Arc::clone(&shared);
        move || shared.fire_after(delay)
    });
    Timer { shared, thread }
}

impl Timer {
    /// Waits until the timer has ended and returns how it ended.
    ///
    /// Returns `Fired` when the callback has returned, `Panicked` when it has panicked (the panic goes no further), and
    /// `Cancelled` if the timer was cancelled. If it has already ended, returns at once. A cancelled timer has ended:
    /// `wait` does not wait for the rest of its delay.
    pub fn wait(self) -> Outcome {
        self.thread.join().unwrap_or(Outcome::Panicked)
    }

    /// Cancels the timer and returns whether that came in time.
    ///
    /// Returns `true` if this call keeps the callback from running. The callback is then dropped at once, not when its
    /// delay is over. Returns `false` if the callback has begun, or if the timer was cancelled before. Never waits for
    /// the callback.
    pub fn cancel(&self) -> bool {
        let callback = self.shared.callback.lock().expect(UNPOISONED).take();
        self.shared.changed.notify_one();
        callback.is_some()
    }
}

/// Why no lock of this module is ever poisoned.
const UNPOISONED: &str = "no foreign code runs while the slot is locked";

/// What the timer's thread shares with its `Timer`.
struct Shared {
    /// The callback, until someone takes it: the thread to run it, or `cancel` to drop it.
    callback: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    /// Notified when `cancel` has emptied the slot.
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
