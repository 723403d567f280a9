//! The mirror of [`std::sync::Mutex`].

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::{Arc, LockResult, PoisonError, TryLockError, TryLockResult};

use super::wait_queue::WaitQueue;
use crate::context::Context;
use crate::scheduler::{Id, Simulation};

/// Mutual exclusion, as [`std::sync::Mutex`], poisoning included.
///
/// A simulated thread that finds it locked waits in virtual time.
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
    waiters: WaitQueue,
    holder: std::sync::Mutex<Option<Holder>>,
    real: std::sync::Mutex<T>,
}

/// The simulated thread that has locked a mutex, and where; for reports only.
#[derive(Clone, Debug)]
struct Holder {
    simulation: Arc<Simulation>,
    id: Id,
    place: &'static Location<'static>,
}

impl<T> Mutex<T> {
    /// A mutex that is not locked.
    pub const fn new(value: T) -> Self {
        Self { waiters: WaitQueue::new(), holder: std::sync::Mutex::new(None), real: std::sync::Mutex::new(value) }
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
    /// # Errors
    ///
    /// With the guard too, when a thread panicked while it held the lock.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        self.lock_at(Location::caller())
    }

    /// Takes the lock if no thread holds it.
    ///
    /// # Errors
    ///
    /// [`TryLockError::WouldBlock`] when the lock is held; [`TryLockError::Poisoned`], with the guard, when a thread
    /// panicked while it held the lock.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        self.try_lock_at(Location::caller())
    }

    /// Whether a thread panicked while it held the lock.
    pub fn is_poisoned(&self) -> bool {
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
        let Some(participant) = Context::participant() else {
            return self.guarded(self.real.lock());
        };
        loop {
            match self.try_lock_at(place) {
                Ok(guard) => return Ok(guard),
                Err(TryLockError::Poisoned(poisoned)) => return Err(poisoned),
                Err(TryLockError::WouldBlock) => {
                    self.waiters.wait(&participant, self.describe(), place, None);
                }
            }
        }
    }

    fn try_lock_at(&self, place: &'static Location<'static>) -> TryLockResult<MutexGuard<'_, T>> {
        let locked = match self.real.try_lock() {
            Ok(real) => Ok(real),
            Err(TryLockError::Poisoned(poisoned)) => Err(poisoned),
            Err(TryLockError::WouldBlock) => return Err(TryLockError::WouldBlock),
        };
        if let Some(participant) = Context::participant() {
            self.set_holder(Some(Holder { simulation: participant.simulation, id: participant.id, place }));
        }
        Ok(self.guarded(locked)?)
    }

    pub(super) fn guarded<'a>(
        &'a self,
        locked: LockResult<std::sync::MutexGuard<'a, T>>,
    ) -> LockResult<MutexGuard<'a, T>> {
        match locked {
            Ok(real) => Ok(MutexGuard { mutex: self, real: Some(real) }),
            Err(poisoned) => Err(PoisonError::new(MutexGuard { mutex: self, real: Some(poisoned.into_inner()) })),
        }
    }

    fn set_holder(&self, holder: Option<Holder>) {
        *self.holder.lock().unwrap_or_else(PoisonError::into_inner) = holder;
    }

    /// What a thread that finds this mutex locked waits for.
    fn describe(&self) -> String {
        let holder = self.holder.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let held = holder.map(|Holder { simulation, id, place }| {
            format!(" that {} has held since {place}", simulation.thread_name(id))
        });
        format!("a `Mutex`{}", held.unwrap_or_default())
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
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// Gives the real guard away, without waking anybody, for a real condition variable.
    pub(super) fn into_real(mut self) -> (&'a Mutex<T>, std::sync::MutexGuard<'a, T>) {
        (self.mutex, self.real.take().expect("a guard holds the lock until it is dropped"))
    }

    pub(super) fn mutex(&self) -> &'a Mutex<T> {
        self.mutex
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
        self.real.as_mut().expect("a guard holds the lock until it is dropped")
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        if self.real.is_some() {
            self.mutex.set_holder(None);
        }
        if self.real.take().is_some() {
            self.mutex.waiters.wake_one();
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
