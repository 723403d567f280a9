//! The mirror of [`std::sync::Condvar`].

use std::fmt;
use std::panic::Location;
use std::sync::{LockResult, PoisonError};
use std::time::Duration;

use super::mutex::MutexGuard;
use super::wait_queue::WaitQueue;
use crate::context::{Context, Participant};
use crate::scheduler::{Call, Cause, Wake};
use crate::time::Instant;

/// What threads wait for here, in reports.
const WHAT: &str = "a `Condvar` to be notified";

/// A condition variable, as [`std::sync::Condvar`]. In a simulation it never wakes without a reason.
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
    /// With the guard too, when a thread panicked while it held the lock.
    #[track_caller]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        self.wait_for(guard, None, Location::caller()).map(|(guard, _)| guard).map_err(first)
    }

    /// Waits while `condition` holds.
    ///
    /// # Errors
    ///
    /// With the guard too, when a thread panicked while it held the lock.
    #[track_caller]
    pub fn wait_while<'a, T, F>(&self, mut guard: MutexGuard<'a, T>, mut condition: F) -> LockResult<MutexGuard<'a, T>>
    where
        F: FnMut(&mut T) -> bool,
    {
        while guard.asks(&mut condition) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    /// Waits to be notified, for no longer than `timeout`.
    ///
    /// # Errors
    ///
    /// With the guard too, when a thread panicked while it held the lock.
    #[track_caller]
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        self.wait_for(guard, Some(timeout), Location::caller())
    }

    /// Waits while `condition` holds, for no longer than `timeout`. It has timed out if the condition holds still. With a
    /// timeout of zero, a simulated thread unlocks the mutex once all the same, and lets others go first.
    ///
    /// # Errors
    ///
    /// With the guard too, when a thread panicked while it held the lock.
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
        if timeout.is_zero() && guard.asks(&mut condition) {
            guard = self.wait_timeout(guard, timeout)?.0;
        }
        loop {
            if !guard.asks(&mut condition) {
                return Ok((guard, WaitTimeoutResult(false)));
            }
            let Some(rest) = timeout.checked_sub(start.elapsed()).filter(|rest| !rest.is_zero()) else {
                return Ok((guard, WaitTimeoutResult(true)));
            };
            guard = self.wait_timeout(guard, rest)?.0;
        }
    }

    /// Lets one thread go on that waits, if there is one: in a simulation, the one that has waited longest.
    pub fn notify_one(&self) {
        self.waiters.wake_one();
        self.real.notify_one();
    }

    /// Lets all threads go on that wait.
    pub fn notify_all(&self) {
        self.waiters.wake_all();
        self.real.notify_all();
    }

    fn wait_for<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Option<Duration>,
        place: &'static Location<'static>,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        match Context::participant() {
            Some(participant) => self.wait_simulated(&participant, guard, timeout, place),
            None => self.wait_real(guard, timeout),
        }
    }

    fn wait_simulated<'a, T>(
        &self,
        participant: &Participant,
        guard: MutexGuard<'a, T>,
        timeout: Option<Duration>,
        place: &'static Location<'static>,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let mutex = guard.mutex();
        // No other thread runs until this one waits, so no notification falls between.
        guard.unlock();
        let wake = if timeout == Some(Duration::ZERO) {
            let cause = Cause::Named(WHAT.to_owned());
            participant.simulation.wait_not_at_all(participant.id, &cause, Call { name: "wait_timeout", place });
            Wake::TimedOut
        } else {
            self.waiters.wait(participant, WHAT.to_owned(), place, timeout)
        };
        let timed_out = WaitTimeoutResult(wake == Wake::TimedOut);
        match mutex.lock_at(place) {
            Ok(guard) => Ok((guard, timed_out)),
            Err(poisoned) => Err(PoisonError::new((poisoned.into_inner(), timed_out))),
        }
    }

    fn wait_real<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Option<Duration>,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let (mutex, real) = guard.into_real();
        let waited = match timeout {
            Some(timeout) => {
                self.real.wait_timeout(real, timeout).map(|(real, end)| (real, end.timed_out())).map_err(|poisoned| {
                    let (real, end) = poisoned.into_inner();
                    (real, end.timed_out())
                })
            }
            None => self.real.wait(real).map(|real| (real, false)).map_err(|poisoned| (poisoned.into_inner(), false)),
        };
        let (locked, timed_out) = match waited {
            Ok((real, timed_out)) => (Ok(real), timed_out),
            Err((real, timed_out)) => (Err(PoisonError::new(real)), timed_out),
        };
        let timed_out = WaitTimeoutResult(timed_out);
        match mutex.guarded(locked, None) {
            Ok(guard) => Ok((guard, timed_out)),
            Err(poisoned) => Err(PoisonError::new((poisoned.into_inner(), timed_out))),
        }
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.real.fmt(f)
    }
}

/// Whether a wait with a timeout ended because of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    /// True if the time was over before the notification came.
    #[must_use]
    pub fn timed_out(&self) -> bool {
        self.0
    }
}

fn first<A, B>(poisoned: PoisonError<(A, B)>) -> PoisonError<A> {
    PoisonError::new(poisoned.into_inner().0)
}
