//! The mirror of [`std::sync::RwLock`].

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

use super::fair_lock::{Access, FairLock, Held};
use crate::context::{self, Context};

type Place = &'static Location<'static>;

/// Many readers or one writer, as [`std::sync::RwLock`], poisoning included.
///
/// A simulated thread that finds it locked waits in virtual time. First come, first served: readers that come after a
/// writer wait for it, so a thread that reads twice at once can wait for ever, as std says too.
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

/// What a read-write lock is called in reports.
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
    /// With the value too, when a thread panicked while it wrote.
    pub fn into_inner(self) -> LockResult<T> {
        self.real.into_inner()
    }
}

impl<T: ?Sized> RwLock<T> {
    /// Waits until no other thread writes or has asked to write before, and locks for reading.
    ///
    /// # Errors
    ///
    /// With the guard too, when a thread panicked while it wrote.
    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        let place = Location::caller();
        let (locked, held) = match Context::participant() {
            Some(me) => {
                let (locked, hold) = self.order.lock(&me, Access::Shared, NAME, place, || self.real.try_read());
                (locked, Some(Held { hold, place }))
            }
            None => (self.real.read().map_err(TryLockError::Poisoned), None),
        };
        without_waiting(locked.map(|real| self.reads(real, held)).map_err(|error| self.cannot_read(error, held)))
    }

    /// Locks for reading if no thread writes or waits for that. In a simulation a thread that fails lets others go first.
    ///
    /// # Errors
    ///
    /// [`TryLockError::WouldBlock`] when that would take waiting; [`TryLockError::Poisoned`], with the guard, when a thread
    /// panicked while it wrote.
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        let place = Location::caller();
        context::ask_twice("try_read", place, would_block, || self.try_read_at(place))
    }

    /// Waits until no other thread holds the lock or has asked for it before, and locks for writing.
    ///
    /// # Errors
    ///
    /// With the guard too, when a thread panicked while it wrote.
    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        let place = Location::caller();
        let (locked, held) = match Context::participant() {
            Some(me) => {
                let (locked, hold) = self.order.lock(&me, Access::Exclusive, NAME, place, || self.real.try_write());
                (locked, Some(Held { hold, place }))
            }
            None => (self.real.write().map_err(TryLockError::Poisoned), None),
        };
        without_waiting(locked.map(|real| self.writes(real, held)).map_err(|error| self.cannot_write(error, held)))
    }

    /// Locks for writing if no thread holds the lock or waits for it. In a simulation a thread that fails lets others go
    /// first.
    ///
    /// # Errors
    ///
    /// [`TryLockError::WouldBlock`] when that would take waiting; [`TryLockError::Poisoned`], with the guard, when a thread
    /// panicked while it wrote.
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        let place = Location::caller();
        context::ask_twice("try_write", place, would_block, || self.try_write_at(place))
    }

    /// Whether a thread panicked while it wrote.
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        context::look("is_poisoned", Location::caller());
        self.real.is_poisoned()
    }

    /// Forgets that a thread panicked while it wrote.
    pub fn clear_poison(&self) {
        self.real.clear_poison();
    }

    /// The value, through the only reference there is.
    ///
    /// # Errors
    ///
    /// With the value too, when a thread panicked while it wrote.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.real.get_mut()
    }

    fn try_read_at(&self, place: Place) -> TryLockResult<RwLockReadGuard<'_, T>> {
        let (locked, held) = match Context::participant() {
            Some(me) => {
                let (locked, hold) = self.order.try_lock(&me, Access::Shared, place, || self.real.try_read());
                (locked, Some(Held { hold, place }))
            }
            None => (self.real.try_read(), None),
        };
        locked.map(|real| self.reads(real, held)).map_err(|error| self.cannot_read(error, held))
    }

    fn try_write_at(&self, place: Place) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        let (locked, held) = match Context::participant() {
            Some(me) => {
                let (locked, hold) = self.order.try_lock(&me, Access::Exclusive, place, || self.real.try_write());
                (locked, Some(Held { hold, place }))
            }
            None => (self.real.try_write(), None),
        };
        locked.map(|real| self.writes(real, held)).map_err(|error| self.cannot_write(error, held))
    }

    fn reads<'a>(&'a self, real: std::sync::RwLockReadGuard<'a, T>, held: Option<Held>) -> RwLockReadGuard<'a, T> {
        RwLockReadGuard { order: &self.order, real: Some(real), held }
    }

    fn writes<'a>(&'a self, real: std::sync::RwLockWriteGuard<'a, T>, held: Option<Held>) -> RwLockWriteGuard<'a, T> {
        RwLockWriteGuard { order: &self.order, real: Some(real), held, has_written: false }
    }

    fn cannot_read<'a>(
        &'a self,
        error: TryLockError<std::sync::RwLockReadGuard<'a, T>>,
        held: Option<Held>,
    ) -> TryLockError<RwLockReadGuard<'a, T>> {
        match error {
            TryLockError::Poisoned(real) => PoisonError::new(self.reads(real.into_inner(), held)).into(),
            TryLockError::WouldBlock => TryLockError::WouldBlock,
        }
    }

    fn cannot_write<'a>(
        &'a self,
        error: TryLockError<std::sync::RwLockWriteGuard<'a, T>>,
        held: Option<Held>,
    ) -> TryLockError<RwLockWriteGuard<'a, T>> {
        match error {
            TryLockError::Poisoned(real) => PoisonError::new(self.writes(real.into_inner(), held)).into(),
            TryLockError::WouldBlock => TryLockError::WouldBlock,
        }
    }
}

fn would_block<G>(locked: &TryLockResult<G>) -> bool {
    matches!(locked, Err(TryLockError::WouldBlock))
}

/// The result of a call that has waited.
fn without_waiting<G>(locked: TryLockResult<G>) -> LockResult<G> {
    locked.map_err(|error| match error {
        TryLockError::Poisoned(poisoned) => poisoned,
        TryLockError::WouldBlock => unreachable!("who waits for the lock gets it"),
    })
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

/// The right to read what an [`RwLock`] protects. Dropped, it unlocks the lock.
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockReadGuard<'a, T: ?Sized> {
    order: &'a FairLock,
    /// Empty only while the guard is dropped.
    real: Option<std::sync::RwLockReadGuard<'a, T>>,
    /// Nothing outside a simulation.
    held: Option<Held>,
}

/// The right to read and write what an [`RwLock`] protects. Dropped, it unlocks the lock.
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockWriteGuard<'a, T: ?Sized> {
    order: &'a FairLock,
    /// Empty only while the guard is dropped.
    real: Option<std::sync::RwLockWriteGuard<'a, T>>,
    /// Nothing outside a simulation.
    held: Option<Held>,
    has_written: bool,
}

/// What a guard promises until it is dropped.
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
        self.order.give_back(self.held);
        context::unlocked("read", self.held.map(|held| held.place), false);
    }
}

impl<T: ?Sized> Drop for RwLockWriteGuard<'_, T> {
    fn drop(&mut self) {
        self.real = None;
        self.order.give_back(self.held);
        context::unlocked("write", self.held.map(|held| held.place), self.has_written);
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
