//! The mirror of [`std::sync::Once`].

use std::fmt;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};

use super::mutex::Mutex;
use super::raw_condvar::RawCondvar;
use crate::context;
use crate::location::SourceLocation;
use crate::scheduler::WaitResult;

/// Runs a closure once, in the first thread that comes; like [`std::sync::Once`], including poisoning.
///
/// A simulated thread that comes while another one runs the closure waits in virtual time. A closure that uses its own
/// `Once` waits for ever, which a simulation reports as a deadlock.
///
/// ```
/// use timeline::sync::Once;
///
/// static START: Once = Once::new();
/// START.call_once(|| println!("once"));
/// START.call_once(|| unreachable!());
/// assert!(START.is_completed());
/// ```
pub struct Once {
    is_completed: AtomicBool,
    /// Held by the thread that runs its closure. Poisoned if the closure panics.
    turn: Mutex<()>,
    /// A closure has returned or panicked. For threads that wait without a closure of their own.
    ended: RawCondvar,
    monitor: std::sync::Mutex<()>,
}

impl UnwindSafe for Once {}
impl RefUnwindSafe for Once {}

impl Once {
    /// A `Once` that has not run anything yet.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "std's has no default either")]
    pub const fn new() -> Self {
        Self {
            is_completed: AtomicBool::new(false),
            turn: Mutex::new(()),
            ended: RawCondvar::new(),
            monitor: std::sync::Mutex::new(()),
        }
    }

    /// Runs `f` unless a closure has run here before. Waits for a closure that is running in another thread.
    ///
    /// # Panics
    ///
    /// If `f` does, or if a closure that ran here before has panicked.
    #[track_caller]
    pub fn call_once<F: FnOnce()>(&self, f: F) {
        self.call(Location::caller(), |state| {
            assert!(!state.is_poisoned(), "Once instance has previously been poisoned");
            f();
        });
    }

    /// Like [`call_once`](Self::call_once), but also runs `f` if a closure that ran here before has panicked.
    ///
    /// # Panics
    ///
    /// If `f` does.
    #[track_caller]
    pub fn call_once_force<F: FnOnce(&OnceState)>(&self, f: F) {
        self.call(Location::caller(), f);
    }

    /// Whether a closure has run here to its end. In a simulation, others go first before this says no.
    #[must_use]
    #[track_caller]
    pub fn is_completed(&self) -> bool {
        context::retry_after_yield("is_completed", Location::caller(), |completed| !completed, || self.has_completed())
    }

    /// Waits until a closure has run here to its end.
    ///
    /// # Panics
    ///
    /// If a closure that ran here has panicked.
    #[track_caller]
    pub fn wait(&self) {
        self.wait_for_end(false, Location::caller());
    }

    /// Like [`wait`](Self::wait), but keeps waiting if a closure that ran here has panicked.
    #[track_caller]
    pub fn wait_force(&self) {
        self.wait_for_end(true, Location::caller());
    }

    pub(super) fn has_completed(&self) -> bool {
        self.is_completed.load(Ordering::Acquire)
    }

    pub(super) fn call(&self, location: SourceLocation, f: impl FnOnce(&OnceState)) {
        if self.has_completed() {
            return;
        }
        let _notify = NotifyWaiters(self);
        let (turn, poisoned) = match self.turn.lock_as("a `Once`", location) {
            Ok(turn) => (turn, false),
            Err(poisoned) => (poisoned.into_inner(), true),
        };
        if self.has_completed() {
            return;
        }
        f(&OnceState { poisoned });
        self.turn.clear_poison();
        self.is_completed.store(true, Ordering::Release);
        turn.unlock();
    }

    pub(super) fn wait_for_end(&self, force: bool, location: SourceLocation) {
        let mut guard = self.monitor.lock().unwrap_or_else(PoisonError::into_inner);
        while !self.has_completed() {
            if !force && self.turn.has_been_poisoned() {
                drop(guard);
                panic!("Once instance has previously been poisoned");
            }
            let result;
            (guard, result) = self.ended.wait(&self.monitor, guard, None, "a `Once` to be completed", location);
            if result == WaitResult::Halted {
                return;
            }
        }
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").finish_non_exhaustive()
    }
}

/// Notifies the waiting threads that a closure has returned or panicked.
struct NotifyWaiters<'a>(&'a Once);

impl Drop for NotifyWaiters<'_> {
    fn drop(&mut self) {
        drop(self.0.monitor.lock().unwrap_or_else(PoisonError::into_inner));
        self.0.ended.notify_all();
    }
}

/// What the closure of [`Once::call_once_force`] gets; like [`std::sync::OnceState`].
pub struct OnceState {
    poisoned: bool,
}

impl OnceState {
    /// Whether a closure that ran before has panicked.
    #[must_use]
    pub fn is_poisoned(&self) -> bool {
        self.poisoned
    }
}

impl fmt::Debug for OnceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnceState").field("poisoned", &self.is_poisoned()).finish()
    }
}
