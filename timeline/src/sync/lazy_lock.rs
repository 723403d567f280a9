//! The mirror of [`std::sync::LazyLock`].

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::sync::{Mutex, PoisonError};

use super::once::Once;
use crate::context;

/// A value that is computed when it is first used; like [`std::sync::LazyLock`], including poisoning.
///
/// A simulated thread that uses it while another one computes it waits in virtual time.
///
/// ```
/// use timeline::sync::LazyLock;
///
/// static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| vec!["first".to_owned()]);
/// assert_eq!(NAMES.len(), 1);
/// ```
pub struct LazyLock<T, F = fn() -> T> {
    once: Once,
    value: std::sync::OnceLock<T>,
    /// Taken by the thread that computes the value.
    init: Mutex<Option<F>>,
}

impl<T: UnwindSafe, F: UnwindSafe> UnwindSafe for LazyLock<T, F> {}
impl<T: RefUnwindSafe + UnwindSafe, F: UnwindSafe> RefUnwindSafe for LazyLock<T, F> {}

impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    /// A value that `f` will compute.
    pub const fn new(f: F) -> Self {
        Self { once: Once::new(), value: std::sync::OnceLock::new(), init: Mutex::new(Some(f)) }
    }

    /// The value, computed if there is none. Dereferencing does the same.
    ///
    /// # Panics
    ///
    /// If its computation panics, or has panicked before.
    #[track_caller]
    pub fn force(this: &Self) -> &T {
        if let Some(value) = this.value.get() {
            return value;
        }
        this.once.call(Location::caller(), |state| {
            let init = this.init.lock().unwrap_or_else(PoisonError::into_inner).take();
            match init {
                Some(init) if !state.is_poisoned() => drop(this.value.set(init())),
                _ => panic!("LazyLock instance has previously been poisoned"),
            }
        });
        this.value.get().expect("the value is written before `once` completes")
    }

    /// The value, computed if there is none, through a unique reference.
    ///
    /// # Panics
    ///
    /// If its computation panics, or has panicked before.
    #[track_caller]
    pub fn force_mut(this: &mut Self) -> &mut T {
        Self::force(this);
        this.value.get_mut().expect("it has just been computed")
    }
}

impl<T, F> LazyLock<T, F> {
    /// The value, if it has been computed; never waits. In a simulation, others go first before this returns `None`.
    #[track_caller]
    pub fn get(this: &Self) -> Option<&T> {
        context::retry_after_yield("LazyLock::get", Location::caller(), Option::is_none, || this.value.get())
    }

    /// The value, if it has been computed, through a unique reference.
    pub fn get_mut(this: &mut Self) -> Option<&mut T> {
        this.value.get_mut()
    }
}

impl<T, F: FnOnce() -> T> Deref for LazyLock<T, F> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        Self::force(self)
    }
}

impl<T, F: FnOnce() -> T> DerefMut for LazyLock<T, F> {
    #[track_caller]
    fn deref_mut(&mut self) -> &mut T {
        Self::force_mut(self)
    }
}

impl<T: Default> Default for LazyLock<T> {
    fn default() -> Self {
        Self::new(T::default)
    }
}

impl<T: fmt::Debug, F> fmt::Debug for LazyLock<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("LazyLock");
        match self.value.get() {
            Some(value) => tuple.field(value),
            None => tuple.field(&format_args!("<uninit>")),
        };
        tuple.finish()
    }
}
