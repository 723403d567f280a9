//! The mirror of [`std::sync::Mutex`].

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::{LockResult, TryLockResult};

use super::fair_lock::{Access, FairLock, HeldLock, count_release};
use super::lock_result::{after_waiting, map_guard, try_map_guard, would_block};
use crate::context::{self, Context};
use crate::location::SourceLocation;

/// A mutual exclusion lock, like [`std::sync::Mutex`], including poisoning.
///
/// A simulated thread that finds it locked waits in virtual time. First come, first served: whoever unlocks the mutex
/// hands it to the thread that has waited longest.
///
/// ```
/// use std::time::Duration;
/// use timeline::sync::Mutex;
/// use timeline::time::Instant;
/// use timeline::{simulate, thread};
///
/// simulate(|| {
///     let total = Mutex::new(0);
///     thread::scope(|scope| {
///         for _ in 0..3 {
///             scope.spawn(|| {
///                 let mut total = total.lock().unwrap();
///                 thread::sleep(Duration::from_secs(1)); // Still locked: the others wait.
///                 *total += 1;
///             });
///         }
///     });
///     assert_eq!(*total.lock().unwrap(), 3);
/// });
/// ```
#[derive(Default)]
pub struct Mutex<T: ?Sized> {
    order: FairLock,
    real: std::sync::Mutex<T>,
}

impl<T> Mutex<T> {
    /// A mutex that is not locked.
    pub const fn new(value: T) -> Self {
        Self { order: FairLock::new(), real: std::sync::Mutex::new(value) }
    }

    /// The value.
    ///
    /// # Errors
    ///
    /// If a thread has panicked while it held the lock. The error contains the value.
    pub fn into_inner(self) -> LockResult<T> {
        self.real.into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Waits until no other thread holds the lock, and takes it.
    ///
    /// A thread that locks the mutex a second time waits for ever, which a simulation reports as a deadlock. Outside a
    /// simulation it may also panic.
    ///
    /// # Errors
    ///
    /// If a thread has panicked while it held the lock. The error contains the guard.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        self.lock_at(Location::caller())
    }

    /// Takes the lock if no thread holds it or waits for it. In a simulation, others go first before this fails.
    ///
    /// # Errors
    ///
    /// [`TryLockError::WouldBlock`](std::sync::TryLockError::WouldBlock) if the lock is held;
    /// [`TryLockError::Poisoned`](std::sync::TryLockError::Poisoned), with the guard, if a thread has panicked while it
    /// held the lock.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        let location = Location::caller();
        context::retry_after_yield("try_lock", location, would_block, || self.try_lock_at(location))
    }

    /// Whether a thread has panicked while it held the lock.
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        context::check("is_poisoned", Location::caller());
        self.real.is_poisoned()
    }

    /// The same, for other primitives: it does not count as a check.
    pub(super) fn has_been_poisoned(&self) -> bool {
        self.real.is_poisoned()
    }

    /// Forgets that a thread has panicked while it held the lock.
    pub fn clear_poison(&self) {
        self.real.clear_poison();
    }

    /// The value, through a unique reference.
    ///
    /// # Errors
    ///
    /// If a thread has panicked while it held the lock. The error contains the value.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.real.get_mut()
    }

    pub(super) fn lock_at(&self, location: SourceLocation) -> LockResult<MutexGuard<'_, T>> {
        self.lock_as("a `Mutex`", location)
    }

    /// Locks on behalf of something that reports call `name`.
    pub(super) fn lock_as(&self, name: &str, location: SourceLocation) -> LockResult<MutexGuard<'_, T>> {
        let Some(thread) = Context::sim_thread() else {
            return self.guard(self.real.lock(), location);
        };
        let (locked, held) = self.order.lock(thread, Access::Exclusive, name, location, || self.real.try_lock());
        map_guard(after_waiting(locked), |real| self.new_guard(real, Some(held), location))
    }

    /// Wraps the guard that a thread outside a simulation has got.
    pub(super) fn guard<'a>(
        &'a self,
        locked: LockResult<std::sync::MutexGuard<'a, T>>,
        location: SourceLocation,
    ) -> LockResult<MutexGuard<'a, T>> {
        map_guard(locked, |real| self.new_guard(real, None, location))
    }

    fn try_lock_at(&self, location: SourceLocation) -> TryLockResult<MutexGuard<'_, T>> {
        let (locked, held) = match Context::sim_thread() {
            Some(thread) => self.order.try_lock(thread, Access::Exclusive, location, || self.real.try_lock()),
            None => (self.real.try_lock(), None),
        };
        try_map_guard(locked, |real| self.new_guard(real, held, location))
    }

    fn new_guard<'a>(
        &'a self,
        real: std::sync::MutexGuard<'a, T>,
        held: Option<HeldLock>,
        location: SourceLocation,
    ) -> MutexGuard<'a, T> {
        MutexGuard { mutex: self, real: Some(real), held, location, has_written: false }
    }
}

impl<T> From<T> for Mutex<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.real.fmt(f)
    }
}

/// Access to what a [`Mutex`] protects. Dropping it unlocks the mutex.
#[must_use = "if unused the Mutex will immediately unlock"]
pub struct MutexGuard<'a, T: ?Sized> {
    mutex: &'a Mutex<T>,
    /// `None` only while a condition variable has unlocked the mutex, and while the guard is dropped.
    real: Option<std::sync::MutexGuard<'a, T>>,
    /// `None` outside a simulation of threads.
    held: Option<HeldLock>,
    location: SourceLocation,
    has_written: bool,
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// Takes std's guard out, for a condition variable of std's. This wakes no thread.
    pub(super) fn into_real(mut self) -> (&'a Mutex<T>, std::sync::MutexGuard<'a, T>) {
        (self.mutex, self.real.take().expect("a guard holds the lock until it is dropped"))
    }

    pub(super) fn mutex(&self) -> &'a Mutex<T> {
        self.mutex
    }

    /// Unlocks without being counted as a check or as progress.
    pub(super) fn unlock(mut self) {
        self.release();
    }

    /// Evaluates a condition. It gets a mutable reference, but is assumed not to change the value.
    pub(super) fn test(&mut self, condition: &mut impl FnMut(&mut T) -> bool) -> bool {
        let has_written = self.has_written;
        let holds = condition(self);
        self.has_written = has_written;
        holds
    }

    fn release(&mut self) {
        if self.real.take().is_some()
            && let Some(held) = &self.held
        {
            self.mutex.order.release(held);
        }
    }

    fn real(&self) -> &std::sync::MutexGuard<'a, T> {
        self.real.as_ref().expect("a guard holds the lock until it is dropped")
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.real()
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.has_written = true;
        self.real.as_mut().expect("a guard holds the lock until it is dropped")
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        if self.real.is_some() {
            self.release();
            count_release(self.held.as_ref(), "lock", self.location, self.has_written);
        }
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
