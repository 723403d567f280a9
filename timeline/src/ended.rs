//! Which simulations are under way, and what is left of those that a panic has ended.

use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::deadlock::Deadlock;
use crate::timeline::Timeline;

/// Simulations under way in this process, of either kind.
static RUNNING: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static INTERRUPTED: RefCell<Option<Interrupted>> = const { RefCell::new(None) };
}

/// What the last simulation that ended in a panic had seen until then.
#[derive(Clone, Debug)]
pub struct Interrupted {
    /// The events that were recorded before the panic.
    pub timeline: Timeline,
    /// The report, if the panic was that of a deadlock.
    pub deadlock: Option<Deadlock>,
}

impl Interrupted {
    pub(crate) fn remember(self) {
        INTERRUPTED.set(Some(self));
    }
}

/// Takes what the last simulation on this thread had seen, if a panic ended it and nobody has asked since.
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

/// Counts a simulation as running until it is dropped.
pub(crate) struct Running;

impl Running {
    pub(crate) fn begin() -> Self {
        RUNNING.fetch_add(1, Ordering::Relaxed);
        Self
    }

    /// Whether any thread of this process is in a simulation.
    pub(crate) fn any() -> bool {
        RUNNING.load(Ordering::Relaxed) > 0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::Relaxed);
    }
}
