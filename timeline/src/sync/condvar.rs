//! The mirror of [`std::sync::Condvar`].

use std::fmt;
use std::panic::Location;
use std::sync::LockResult;
use std::time::Duration;

use super::lock_result::map_guard;
use super::mutex::MutexGuard;
use super::wait_queue::WaitQueue;
use crate::context::{self, Context, SimThread};
use crate::location::SourceLocation;
use crate::scheduler::{ApiCall, WaitReason, WaitResult};
use crate::time::Instant;

/// What threads wait for, in reports.
const WHAT: &str = "a `Condvar` to be notified";

/// A condition variable, like [`std::sync::Condvar`]. In a simulation, there are no spurious wake-ups.
///
/// ```
/// use std::time::Duration;
/// use timeline::sync::{Condvar, Mutex};
/// use timeline::{simulate, thread};
///
/// simulate(|| {
///     let (ready, changed) = (Mutex::new(false), Condvar::new());
///     thread::scope(|scope| {
///         scope.spawn(|| {
///             thread::sleep(Duration::from_secs(3));
///             *ready.lock().unwrap() = true;
///             changed.notify_one();
///         });
///         let ready = changed.wait_while(ready.lock().unwrap(), |ready| !*ready).unwrap();
///         assert!(*ready);
///     });
/// });
/// ```
#[derive(Default)]
pub struct Condvar {
    waiters: WaitQueue,
    real: std::sync::Condvar,
}

impl Condvar {
    /// A condition variable that nobody waits for.
    #[must_use]
    pub const fn new() -> Self {
        Self { waiters: WaitQueue::new(), real: std::sync::Condvar::new() }
    }

    /// Unlocks the mutex, waits to be notified, and locks it again.
    ///
    /// # Errors
    ///
    /// If a thread has panicked while it held the lock. The error contains the guard.
    #[track_caller]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        map_guard(self.wait_for(guard, None, Location::caller()), |(guard, _)| guard)
    }

    /// Waits while `condition` holds.
    ///
    /// # Errors
    ///
    /// If a thread has panicked while it held the lock. The error contains the guard.
    #[track_caller]
    pub fn wait_while<'a, T, F>(&self, mut guard: MutexGuard<'a, T>, mut condition: F) -> LockResult<MutexGuard<'a, T>>
    where
        F: FnMut(&mut T) -> bool,
    {
        while guard.test(&mut condition) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    /// Waits to be notified, but for no longer than `timeout`.
    ///
    /// # Errors
    ///
    /// If a thread has panicked while it held the lock. The error contains the guard.
    #[track_caller]
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        self.wait_for(guard, Some(timeout), Location::caller())
    }

    /// Waits while `condition` holds, but for no longer than `timeout`. The wait has timed out if the condition still
    /// holds. With a timeout of zero, a simulated thread nevertheless unlocks the mutex once, and lets others go first.
    ///
    /// # Errors
    ///
    /// If a thread has panicked while it held the lock. The error contains the guard.
    #[track_caller]
    pub fn wait_timeout_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        timeout: Duration,
        mut condition: F,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)>
    where
        F: FnMut(&mut T) -> bool,
    {
        let start = Instant::now();
        if timeout.is_zero() && guard.test(&mut condition) {
            guard = self.wait_timeout(guard, timeout)?.0;
        }
        loop {
            if !guard.test(&mut condition) {
                return Ok((guard, WaitTimeoutResult(false)));
            }
            let Some(rest) = timeout.checked_sub(start.elapsed()).filter(|rest| !rest.is_zero()) else {
                return Ok((guard, WaitTimeoutResult(true)));
            };
            guard = self.wait_timeout(guard, rest)?.0;
        }
    }

    /// Wakes one waiting thread, if there is one: in a simulation, the one that has waited longest.
    pub fn notify_one(&self) {
        self.waiters.wake_one();
        self.real.notify_one();
    }

    /// Wakes all waiting threads.
    pub fn notify_all(&self) {
        self.waiters.wake_all();
        self.real.notify_all();
    }

    fn wait_for<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Option<Duration>,
        location: SourceLocation,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        match Context::sim_thread() {
            Some(thread) => self.wait_simulated(&thread, guard, timeout, location),
            None => self.wait_real(guard, timeout, location),
        }
    }

    fn wait_simulated<'a, T>(
        &self,
        thread: &SimThread,
        guard: MutexGuard<'a, T>,
        timeout: Option<Duration>,
        location: SourceLocation,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let mutex = guard.mutex();
        // No other thread runs before this one waits, so no notification is missed in between.
        guard.unlock();
        let result = if timeout == Some(Duration::ZERO) {
            let reason = WaitReason::Named(WHAT.to_owned());
            thread.simulation.poll_as_wait(thread.id, &reason, ApiCall { name: "wait_timeout", location });
            WaitResult::TimedOut
        } else {
            self.waiters.wait(thread, WHAT.to_owned(), location, timeout)
        };
        let timed_out = WaitTimeoutResult(result == WaitResult::TimedOut);
        map_guard(mutex.lock_at(location), |guard| (guard, timed_out))
    }

    fn wait_real<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Option<Duration>,
        location: SourceLocation,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let (mutex, real) = guard.into_real();
        let mut timed_out = WaitTimeoutResult(false);
        let locked = match timeout {
            Some(timeout) => map_guard(self.real.wait_timeout(real, timeout), |(real, result)| {
                timed_out = WaitTimeoutResult(result.timed_out());
                real
            }),
            None => self.real.wait(real),
        };
        if timeout == Some(Duration::ZERO) {
            context::poll("wait_timeout", location);
        }
        map_guard(mutex.guard(locked, location), |guard| (guard, timed_out))
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.real.fmt(f)
    }
}

/// Whether a wait ended because of its timeout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    /// True if the timeout came before a notification.
    #[must_use]
    pub fn timed_out(&self) -> bool {
        self.0
    }
}
