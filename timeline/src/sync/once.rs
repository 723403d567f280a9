//! The mirror of [`std::sync::Once`].

use std::fmt;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};

use super::mutex::Mutex;
use super::signal::Signal;
use crate::context;
use crate::scheduler::Wake;

/// Runs something once, whoever comes first; like [`std::sync::Once`], poisoning included.
///
/// A simulated thread that comes while another one runs it waits in virtual time. A thread that comes back from within
/// waits for ever, which a simulation reports as a deadlock.
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
    /// Held by the thread that runs it. Poisoned when that panics.
    turn: Mutex<()>,
    /// A run has ended, one way or another; for those who wait for one and do not run it.
    ended: Signal,
    monitor: std::sync::Mutex<()>,
}

impl UnwindSafe for Once {}
impl RefUnwindSafe for Once {}

impl Once {
    /// Nothing has run yet.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "std's has no default either")]
    pub const fn new() -> Self {
        Self {
            is_completed: AtomicBool::new(false),
            turn: Mutex::new(()),
            ended: Signal::new(),
            monitor: std::sync::Mutex::new(()),
        }
    }

    /// Runs `f` if nothing has run here before, and waits until what another thread runs here has ended.
    ///
    /// # Panics
    ///
    /// When `f` does, and when something that ran here before has panicked.
    #[track_caller]
    pub fn call_once<F: FnOnce()>(&self, f: F) {
        self.call(Location::caller(), |state| {
            assert!(!state.is_poisoned(), "Once instance has previously been poisoned");
            f();
        });
    }

    /// As [`call_once`](Self::call_once), but runs `f` also when what ran here before has panicked.
    ///
    /// # Panics
    ///
    /// When `f` does.
    #[track_caller]
    pub fn call_once_force<F: FnOnce(&OnceState)>(&self, f: F) {
        self.call(Location::caller(), f);
    }

    /// Whether something has run here to its end. In a simulation, a thread that is told no lets others go first.
    #[must_use]
    #[track_caller]
    pub fn is_completed(&self) -> bool {
        context::ask_twice("is_completed", Location::caller(), |completed| !completed, || self.has_completed())
    }

    /// Waits until something has run here to its end.
    ///
    /// # Panics
    ///
    /// When something that ran here has panicked.
    #[track_caller]
    pub fn wait(&self) {
        self.wait_for_end(false, Location::caller());
    }

    /// As [`wait`](Self::wait), but waits on when what ran here has panicked.
    #[track_caller]
    pub fn wait_force(&self) {
        self.wait_for_end(true, Location::caller());
    }

    pub(super) fn has_completed(&self) -> bool {
        self.is_completed.load(Ordering::Acquire)
    }

    pub(super) fn call(&self, place: &'static Location<'static>, f: impl FnOnce(&OnceState)) {
        if self.has_completed() {
            return;
        }
        let _ended = Ended(self);
        let (turn, poisoned) = match self.turn.lock_as("a `Once`", place) {
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

    pub(super) fn wait_for_end(&self, force: bool, place: &'static Location<'static>) {
        let mut guard = self.monitor.lock().unwrap_or_else(PoisonError::into_inner);
        while !self.has_completed() {
            if !force && self.turn.has_been_poisoned() {
                drop(guard);
                panic!("Once instance has previously been poisoned");
            }
            let wake;
            (guard, wake) = self.ended.wait(&self.monitor, guard, None, "a `Once` to be completed", place);
            if wake == Wake::Halted {
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

/// Tells those who wait that a run has ended, also by a panic.
struct Ended<'a>(&'a Once);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        drop(self.0.monitor.lock().unwrap_or_else(PoisonError::into_inner));
        self.0.ended.notify_all();
    }
}

/// What [`Once::call_once_force`] tells its closure; like [`std::sync::OnceState`].
pub struct OnceState {
    poisoned: bool,
}

impl OnceState {
    /// Whether what ran before has panicked.
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
