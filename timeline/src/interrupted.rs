//! Which simulations are active, and what is left of those that a panic has ended.

use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::deadlock::Deadlock;
use crate::timeline::Timeline;

/// Active simulations of this process, of either kind.
static ACTIVE: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static INTERRUPTED: RefCell<Option<Interrupted>> = const { RefCell::new(None) };
}

/// What is known of a simulation that ended in a panic.
#[derive(Clone, Debug)]
pub struct Interrupted {
    /// The events that were recorded before the panic.
    pub timeline: Timeline,
    /// The report, if a deadlock caused the panic.
    pub deadlock: Option<Deadlock>,
}

impl Interrupted {
    pub(crate) fn store(self) {
        INTERRUPTED.set(Some(self));
    }
}

/// Takes what is known of the last simulation on this thread that ended in a panic, unless it has been taken already.
///
/// ```
/// use timeline::{record, simulate};
///
/// let panicked = std::panic::catch_unwind(|| {
///     simulate(|| {
///         record("Task 1", "started");
///         panic!("no further");
///     })
/// });
/// assert!(panicked.is_err());
/// let seen = timeline::interrupted().expect("the simulation panicked");
/// assert_eq!(seen.timeline.to_string(), "     0 ms  Task 1  started");
/// assert_eq!(seen.deadlock, None);
/// ```
#[must_use]
pub fn interrupted() -> Option<Interrupted> {
    INTERRUPTED.take()
}

/// Counts a simulation as active until dropped.
pub(crate) struct ActiveSimulation;

impl ActiveSimulation {
    pub(crate) fn begin() -> Self {
        ACTIVE.fetch_add(1, Ordering::Relaxed);
        Self
    }

    /// Whether this process has an active simulation.
    pub(crate) fn any() -> bool {
        ACTIVE.load(Ordering::Relaxed) > 0
    }
}

impl Drop for ActiveSimulation {
    fn drop(&mut self) {
        ACTIVE.fetch_sub(1, Ordering::Relaxed);
    }
}
