//! Waiting beside one of std's mutexes, in virtual time or in real time.

use std::panic::Location;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::wait_queue::WaitQueue;
use crate::context::Context;
use crate::scheduler::Wake;

/// A condition variable for the primitives themselves: its mutex guards only their own state, never across a wait, and is
/// never poisoned by anybody's code.
#[derive(Debug, Default)]
pub(super) struct Signal {
    waiters: WaitQueue,
    real: std::sync::Condvar,
}

impl Signal {
    pub(super) const fn new() -> Self {
        Self { waiters: WaitQueue::new(), real: std::sync::Condvar::new() }
    }

    /// Unlocks the mutex, waits, and locks it again. In real time, it may return without a reason.
    pub(super) fn wait<'a, T>(
        &self,
        mutex: &'a Mutex<T>,
        guard: MutexGuard<'a, T>,
        timeout: Option<Duration>,
        what: &str,
        place: &'static Location<'static>,
    ) -> (MutexGuard<'a, T>, Wake) {
        if let Some(participant) = Context::participant() {
            // No other thread runs between these two lines, so no notification falls between them.
            drop(guard);
            let wake = self.waiters.wait(&participant, what.to_owned(), place, timeout);
            return (mutex.lock().unwrap_or_else(PoisonError::into_inner), wake);
        }
        let guard = match timeout {
            Some(timeout) => self.real.wait_timeout(guard, timeout).unwrap_or_else(PoisonError::into_inner).0,
            None => self.real.wait(guard).unwrap_or_else(PoisonError::into_inner),
        };
        (guard, Wake::Unblocked)
    }

    /// Lets the thread go on that has waited longest. In real time, where nobody knows which one that is, all of them.
    pub(super) fn notify_first(&self) {
        self.waiters.wake_one();
        self.real.notify_all();
    }

    pub(super) fn notify_all(&self) {
        self.waiters.wake_all();
        self.real.notify_all();
    }
}
