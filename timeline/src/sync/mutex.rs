//! The mirror of [`std::sync::Mutex`].

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

use super::fair_lock::{Access, FairLock, Held};
use crate::context::{self, Context};

/// Mutual exclusion, as [`std::sync::Mutex`], poisoning included.
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
///                 thread::sleep(Duration::from_secs(1)); // Held meanwhile: the others wait.
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
    /// With the value too, when a thread panicked while it held the lock.
    pub fn into_inner(self) -> LockResult<T> {
        self.real.into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Waits until no other thread holds the lock, and takes it.
    ///
    /// A thread that locks the mutex a second time waits for ever, which a simulation reports as a deadlock. Outside a
    /// simulation it may panic, too.
    ///
    /// # Errors
    ///
    /// With the guard too, when a thread panicked while it held the lock.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        self.lock_at(Location::caller())
    }

    /// Takes the lock if no thread holds it or waits for it. In a simulation a thread that fails lets others go first.
    ///
    /// # Errors
    ///
    /// [`TryLockError::WouldBlock`] when the lock is held; [`TryLockError::Poisoned`], with the guard, when a thread
    /// panicked while it held the lock.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        let place = Location::caller();
        let would_block = |locked: &_| matches!(locked, Err(TryLockError::WouldBlock));
        context::ask_twice("try_lock", place, would_block, || self.try_lock_at(place))
    }

    /// Whether a thread panicked while it held the lock.
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        context::look("is_poisoned", Location::caller());
        self.real.is_poisoned()
    }

    pub(super) fn has_been_poisoned(&self) -> bool {
        self.real.is_poisoned()
    }

    /// Forgets that a thread panicked while it held the lock.
    pub fn clear_poison(&self) {
        self.real.clear_poison();
    }

    /// The value, through the only reference there is.
    ///
    /// # Errors
    ///
    /// With the value too, when a thread panicked while it held the lock.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.real.get_mut()
    }

    pub(super) fn lock_at(&self, place: &'static Location<'static>) -> LockResult<MutexGuard<'_, T>> {
        self.lock_as("a `Mutex`", place)
    }

    /// Locks as part of something that reports call `name`.
    pub(super) fn lock_as(&self, name: &str, place: &'static Location<'static>) -> LockResult<MutexGuard<'_, T>> {
        let Some(me) = Context::participant() else {
            return self.guarded(self.real.lock(), None);
        };
        match self.order.lock(&me, Access::Exclusive, name, place, || self.real.try_lock()) {
            (Ok(real), hold) => self.guarded(Ok(real), Some(Held { hold, place })),
            (Err(TryLockError::Poisoned(poisoned)), hold) => self.guarded(Err(poisoned), Some(Held { hold, place })),
            (Err(TryLockError::WouldBlock), _) => unreachable!("the order waits until it can lock"),
        }
    }

    fn try_lock_at(&self, place: &'static Location<'static>) -> TryLockResult<MutexGuard<'_, T>> {
        let Some(me) = Context::participant() else {
            return self.try_guarded(self.real.try_lock(), None);
        };
        let (locked, hold) = self.order.try_lock(&me, Access::Exclusive, place, || self.real.try_lock());
        self.try_guarded(locked, Some(Held { hold, place }))
    }

    pub(super) fn guarded<'a>(
        &'a self,
        locked: LockResult<std::sync::MutexGuard<'a, T>>,
        held: Option<Held>,
    ) -> LockResult<MutexGuard<'a, T>> {
        let guard = |real| MutexGuard { mutex: self, real: Some(real), held, has_written: false };
        locked.map(guard).map_err(|poisoned| PoisonError::new(guard(poisoned.into_inner())))
    }

    fn try_guarded<'a>(
        &'a self,
        locked: TryLockResult<std::sync::MutexGuard<'a, T>>,
        held: Option<Held>,
    ) -> TryLockResult<MutexGuard<'a, T>> {
        match locked {
            Ok(real) => Ok(self.guarded(Ok(real), held)?),
            Err(TryLockError::Poisoned(poisoned)) => Ok(self.guarded(Err(poisoned), held)?),
            Err(TryLockError::WouldBlock) => Err(TryLockError::WouldBlock),
        }
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

/// The right to use what a [`Mutex`] protects. Dropped, it unlocks the mutex.
#[must_use = "if unused the Mutex will immediately unlock"]
pub struct MutexGuard<'a, T: ?Sized> {
    mutex: &'a Mutex<T>,
    /// Empty only while a condition variable has the lock, and while the guard is dropped.
    real: Option<std::sync::MutexGuard<'a, T>>,
    /// Nothing outside a simulation.
    held: Option<Held>,
    has_written: bool,
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// Gives the real guard away, without waking anybody, for a real condition variable.
    pub(super) fn into_real(mut self) -> (&'a Mutex<T>, std::sync::MutexGuard<'a, T>) {
        (self.mutex, self.real.take().expect("a guard holds the lock until it is dropped"))
    }

    pub(super) fn mutex(&self) -> &'a Mutex<T> {
        self.mutex
    }

    /// Unlocks, and does nothing else.
    pub(super) fn unlock(mut self) {
        self.give_back();
    }

    /// What a condition says of the value. It could change the value; that it is asked does not mean so.
    pub(super) fn asks(&mut self, condition: &mut impl FnMut(&mut T) -> bool) -> bool {
        let has_written = self.has_written;
        let answer = condition(self);
        self.has_written = has_written;
        answer
    }

    fn give_back(&mut self) {
        if self.real.take().is_some() {
            self.mutex.order.give_back(self.held);
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
            self.give_back();
            context::unlocked("lock", self.held.map(|held| held.place), self.has_written);
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
