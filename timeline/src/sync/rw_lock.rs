//! The mirror of [`std::sync::RwLock`].

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::{LockResult, TryLockResult};

use super::fair_lock::{Access, FairLock, HeldLock, count_release};
use super::lock_result::{after_waiting, map_guard, try_map_guard, would_block};
use crate::context::{self, Context};
use crate::location::SourceLocation;

/// A lock for many readers or one writer, like [`std::sync::RwLock`], including poisoning.
///
/// A simulated thread that finds it locked waits in virtual time. First come, first served: readers that come after a
/// writer wait for it, so a thread that locks twice for reading can wait for ever, as std warns too.
///
/// ```
/// use std::time::Duration;
/// use timeline::sync::RwLock;
/// use timeline::{record, simulate, thread};
///
/// let timeline = simulate(|| {
///     let number = RwLock::new(5);
///     thread::scope(|scope| {
///         for name in ["a", "b"] {
///             let number = &number;
///             scope.spawn(move || {
///                 let number = number.read().unwrap();
///                 thread::sleep(Duration::from_secs(1)); // Both at once.
///                 record(name, number);
///             });
///         }
///         scope.spawn(|| {
///             *number.write().unwrap() += 1;
///             record("c", "written");
///         });
///     });
/// });
/// assert_eq!(timeline.to_string(), "  1000 ms  a  5\n  1000 ms  b  5\n  1000 ms  c  written");
/// ```
#[derive(Default)]
pub struct RwLock<T: ?Sized> {
    order: FairLock,
    real: std::sync::RwLock<T>,
}

/// The lock's name in reports.
const NAME: &str = "an `RwLock`";

impl<T> RwLock<T> {
    /// A lock that nobody holds.
    pub const fn new(value: T) -> Self {
        Self { order: FairLock::new(), real: std::sync::RwLock::new(value) }
    }

    /// The value.
    ///
    /// # Errors
    ///
    /// If a thread has panicked while it could write. The error contains the value.
    pub fn into_inner(self) -> LockResult<T> {
        self.real.into_inner()
    }
}

impl<T: ?Sized> RwLock<T> {
    /// Waits until no other thread writes or has asked to write before, and locks for reading.
    ///
    /// # Errors
    ///
    /// If a thread has panicked while it could write. The error contains the guard.
    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        let location = Location::caller();
        let Some(thread) = Context::sim_thread() else {
            return map_guard(self.real.read(), |real| self.read_guard(real, None, location));
        };
        let (locked, held) = self.order.lock(thread, Access::Shared, NAME, location, || self.real.try_read());
        map_guard(after_waiting(locked), |real| self.read_guard(real, Some(held), location))
    }

    /// Locks for reading if no thread writes or waits to write. In a simulation, others go first before this fails.
    ///
    /// # Errors
    ///
    /// [`TryLockError::WouldBlock`](std::sync::TryLockError::WouldBlock) if that would mean waiting;
    /// [`TryLockError::Poisoned`](std::sync::TryLockError::Poisoned), with the guard, if a thread has panicked while it
    /// could write.
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        let location = Location::caller();
        context::retry_after_yield("try_read", location, would_block, || self.try_read_at(location))
    }

    /// Waits until no other thread holds the lock or has asked for it before, and locks for writing.
    ///
    /// # Errors
    ///
    /// If a thread has panicked while it could write. The error contains the guard.
    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        let location = Location::caller();
        let Some(thread) = Context::sim_thread() else {
            return map_guard(self.real.write(), |real| self.write_guard(real, None, location));
        };
        let (locked, held) = self.order.lock(thread, Access::Exclusive, NAME, location, || self.real.try_write());
        map_guard(after_waiting(locked), |real| self.write_guard(real, Some(held), location))
    }

    /// Locks for writing if no thread holds the lock or waits for it. In a simulation, others go first before this
    /// fails.
    ///
    /// # Errors
    ///
    /// [`TryLockError::WouldBlock`](std::sync::TryLockError::WouldBlock) if that would mean waiting;
    /// [`TryLockError::Poisoned`](std::sync::TryLockError::Poisoned), with the guard, if a thread has panicked while it
    /// could write.
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        let location = Location::caller();
        context::retry_after_yield("try_write", location, would_block, || self.try_write_at(location))
    }

    /// Whether a thread has panicked while it could write.
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        context::check("is_poisoned", Location::caller());
        self.real.is_poisoned()
    }

    /// Forgets that a thread has panicked while it could write.
    pub fn clear_poison(&self) {
        self.real.clear_poison();
    }

    /// The value, through a unique reference.
    ///
    /// # Errors
    ///
    /// If a thread has panicked while it could write. The error contains the value.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.real.get_mut()
    }

    fn try_read_at(&self, location: SourceLocation) -> TryLockResult<RwLockReadGuard<'_, T>> {
        let (locked, held) = match Context::sim_thread() {
            Some(thread) => self.order.try_lock(thread, Access::Shared, location, || self.real.try_read()),
            None => (self.real.try_read(), None),
        };
        try_map_guard(locked, |real| self.read_guard(real, held, location))
    }

    fn try_write_at(&self, location: SourceLocation) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        let (locked, held) = match Context::sim_thread() {
            Some(thread) => self.order.try_lock(thread, Access::Exclusive, location, || self.real.try_write()),
            None => (self.real.try_write(), None),
        };
        try_map_guard(locked, |real| self.write_guard(real, held, location))
    }

    fn read_guard<'a>(
        &'a self,
        real: std::sync::RwLockReadGuard<'a, T>,
        held: Option<HeldLock>,
        location: SourceLocation,
    ) -> RwLockReadGuard<'a, T> {
        RwLockReadGuard { order: &self.order, real: Some(real), held, location }
    }

    fn write_guard<'a>(
        &'a self,
        real: std::sync::RwLockWriteGuard<'a, T>,
        held: Option<HeldLock>,
        location: SourceLocation,
    ) -> RwLockWriteGuard<'a, T> {
        RwLockWriteGuard { order: &self.order, real: Some(real), held, location, has_written: false }
    }
}

impl<T> From<T> for RwLock<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.real.fmt(f)
    }
}

/// Read access to what an [`RwLock`] protects. Dropping it unlocks the lock.
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockReadGuard<'a, T: ?Sized> {
    order: &'a FairLock,
    /// `None` only while the guard is dropped.
    real: Option<std::sync::RwLockReadGuard<'a, T>>,
    /// `None` outside a simulation of threads.
    held: Option<HeldLock>,
    location: SourceLocation,
}

/// Write access to what an [`RwLock`] protects. Dropping it unlocks the lock.
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockWriteGuard<'a, T: ?Sized> {
    order: &'a FairLock,
    /// `None` only while the guard is dropped.
    real: Option<std::sync::RwLockWriteGuard<'a, T>>,
    /// `None` outside a simulation of threads.
    held: Option<HeldLock>,
    location: SourceLocation,
    has_written: bool,
}

/// Why std's guard is there.
const HOLDS: &str = "a guard holds the lock until it is dropped";

impl<T: ?Sized> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.real.as_ref().expect(HOLDS)
    }
}

impl<T: ?Sized> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.real.as_ref().expect(HOLDS)
    }
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.has_written = true;
        self.real.as_mut().expect(HOLDS)
    }
}

impl<T: ?Sized> Drop for RwLockReadGuard<'_, T> {
    fn drop(&mut self) {
        self.real = None;
        if let Some(held) = &self.held {
            self.order.release(held);
        }
        count_release(self.held.as_ref(), "read", self.location, false);
    }
}

impl<T: ?Sized> Drop for RwLockWriteGuard<'_, T> {
    fn drop(&mut self) {
        self.real = None;
        if let Some(held) = &self.held {
            self.order.release(held);
        }
        count_release(self.held.as_ref(), "write", self.location, self.has_written);
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
