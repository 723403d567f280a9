//! A condition variable for one of std's mutexes, in virtual time or in real time.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::wait_queue::WaitQueue;
use crate::context::Context;
use crate::location::SourceLocation;
use crate::scheduler::WaitResult;

/// The condition variable that the primitives themselves use. Its mutex protects only their own state, is never held
/// during a wait, and is never poisoned, since no code of a caller runs under it.
#[derive(Debug, Default)]
pub(super) struct RawCondvar {
    waiters: WaitQueue,
    real: std::sync::Condvar,
}

impl RawCondvar {
    pub(super) const fn new() -> Self {
        Self { waiters: WaitQueue::new(), real: std::sync::Condvar::new() }
    }

    /// Unlocks the mutex, waits, and locks it again. In real time, there may be spurious wake-ups.
    pub(super) fn wait<'a, T>(
        &self,
        mutex: &'a Mutex<T>,
        guard: MutexGuard<'a, T>,
        timeout: Option<Duration>,
        what: &str,
        location: SourceLocation,
    ) -> (MutexGuard<'a, T>, WaitResult) {
        if let Some(thread) = Context::sim_thread() {
            // No other thread runs between these two lines, so no notification is missed.
            drop(guard);
            let result = self.waiters.wait(&thread, what.to_owned(), location, timeout);
            return (mutex.lock().unwrap_or_else(PoisonError::into_inner), result);
        }
        let guard = match timeout {
            Some(timeout) => self.real.wait_timeout(guard, timeout).unwrap_or_else(PoisonError::into_inner).0,
            None => self.real.wait(guard).unwrap_or_else(PoisonError::into_inner),
        };
        (guard, WaitResult::Unblocked)
    }

    /// Wakes the thread that has waited longest; in real time, where nobody knows which one that is, all of them.
    pub(super) fn notify_first(&self) {
        self.waiters.wake_one();
        self.real.notify_all();
    }

    pub(super) fn notify_all(&self) {
        self.waiters.wake_all();
        self.real.notify_all();
    }
}
