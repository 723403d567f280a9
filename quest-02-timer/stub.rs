// Quest 2: A timer with callbacks. This is the only file you edit.
// The lesson is in README.md, the next hint is `cargo xtask hint 2`.
//
// `timeline::thread` and `timeline::sync` mirror `std::thread` and `std::sync`. Use them in place of std's, so that no
// test has to wait. You are free to add types, functions and imports.

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
    let _ = callback;
    todo!("use {delay:?}")
}

/// A timer that `spawn_timer` has started.
///
/// Dropping it changes nothing: the callback still runs when it is due.
pub struct Timer {
    // The fields are up to you.
}

/// Starts a timer on its own thread and returns at once.
///
/// The callback runs on that thread, once, when the delay is over and not before. This holds for a delay of zero, too:
/// the caller does not wait for the callback. Timers do not wait for each other. Records nothing; that is up to the
/// callback.
pub fn spawn_timer(delay: Duration, callback: impl FnOnce() + Send + 'static) -> Timer {
    let _ = callback;
    todo!("use {delay:?}")
}

impl Timer {
    /// Waits until the timer has ended and returns how it ended.
    ///
    /// Returns `Fired` when the callback has returned, `Panicked` when it has panicked (the panic goes no further), and
    /// `Cancelled` if the timer was cancelled. If it has already ended, returns at once. A cancelled timer has ended:
    /// `wait` does not wait for the rest of its delay.
    pub fn wait(self) -> Outcome {
        todo!("wait for the timer's end")
    }

    /// Cancels the timer and returns whether that came in time.
    ///
    /// Returns `true` if this call keeps the callback from running. The callback is then dropped at once, not when its
    /// delay is over. Returns `false` if the callback has begun, or if the timer was cancelled before. Never waits for
    /// the callback.
    pub fn cancel(&self) -> bool {
        todo!("cancel the timer")
    }
}
