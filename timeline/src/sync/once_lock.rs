//! The mirror of [`std::sync::OnceLock`].

use std::fmt;
use std::panic::Location;

use super::once::Once;
use crate::context;
use crate::location::SourceLocation;

/// A cell that is written once; like [`std::sync::OnceLock`].
///
/// A simulated thread that comes while another one computes the value waits in virtual time. A computation that needs
/// its own result waits for ever, which a simulation reports as a deadlock.
///
/// ```
/// use timeline::sync::OnceLock;
///
/// static NAME: OnceLock<String> = OnceLock::new();
/// assert_eq!(NAME.get(), None);
/// assert_eq!(NAME.get_or_init(|| "first".to_owned()), "first");
/// assert_eq!(NAME.set("second".to_owned()), Err("second".to_owned()));
/// ```
pub struct OnceLock<T> {
    once: Once,
    value: std::sync::OnceLock<T>,
}

impl<T> OnceLock<T> {
    /// An empty cell.
    #[must_use]
    pub const fn new() -> Self {
        Self { once: Once::new(), value: std::sync::OnceLock::new() }
    }

    /// The value, if there is one; never waits. In a simulation, others go first before this returns `None`.
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        context::retry_after_yield("get", Location::caller(), Option::is_none, || self.value.get())
    }

    /// The value, if there is one, through a unique reference.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.value.get_mut()
    }

    /// Waits until there is a value.
    ///
    /// # Panics
    ///
    /// In a destructor that runs because a deadlock has ended the simulation, since there will never be a value.
    #[track_caller]
    pub fn wait(&self) -> &T {
        self.once.wait_for_end(true, Location::caller());
        self.value.get().expect("nothing writes a value after a deadlock")
    }

    /// Writes the value, unless there is one.
    ///
    /// # Errors
    ///
    /// If there is a value already. The error contains the new value. Waits for a thread that is computing the value.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        let mut value = Some(value);
        self.init(Location::caller(), || value.take());
        value.map_or(Ok(()), Err)
    }

    /// The value, computed with `f` if there is none. Only one of several threads computes it.
    ///
    /// # Panics
    ///
    /// If `f` does. Then there is still no value.
    #[track_caller]
    pub fn get_or_init<F: FnOnce() -> T>(&self, f: F) -> &T {
        self.init(Location::caller(), || Some(f()))
    }

    /// The value, if there is one.
    pub fn into_inner(self) -> Option<T> {
        self.value.into_inner()
    }

    /// Takes the value, and leaves the cell empty.
    pub fn take(&mut self) -> Option<T> {
        std::mem::take(self).into_inner()
    }

    fn init(&self, location: SourceLocation, f: impl FnOnce() -> Option<T>) -> &T {
        if let Some(value) = self.value.get() {
            return value;
        }
        self.once.call(location, |_| {
            if let Some(value) = f() {
                // No other thread can write it meanwhile.
                let _ = self.value.set(value);
            }
        });
        self.value.get().expect("the value is written before `once` completes")
    }
}

impl<T> Default for OnceLock<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T: Clone> Clone for OnceLock<T> {
    fn clone(&self) -> Self {
        self.value.get().cloned().map_or_else(Self::new, Self::from)
    }
}

impl<T> From<T> for OnceLock<T> {
    fn from(value: T) -> Self {
        let cell = Self::new();
        cell.init(Location::caller(), || Some(value));
        cell
    }
}

impl<T: PartialEq> PartialEq for OnceLock<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for OnceLock<T> {}
