//! A handle to a thread, and parking.

use std::panic::Location;
use std::sync::Arc;
use std::thread::ThreadId;
use std::time::Duration;

use crate::context::{self, Context};
use crate::scheduler::{SimThreadId, Simulation};

/// A handle to a thread, with which another thread can [`unpark`](Thread::unpark) it. Like [`std::thread::Thread`].
#[derive(Clone)]
pub struct Thread {
    real: std::thread::Thread,
    simulated: Option<(Arc<Simulation>, SimThreadId)>,
}

impl Thread {
    pub(super) fn new(real: std::thread::Thread, simulated: Option<(Arc<Simulation>, SimThreadId)>) -> Self {
        Self { real, simulated }
    }

    /// Lets the thread's current or next [`park`] return. Several calls before one `park` count once.
    ///
    /// ```
    /// use timeline::{simulate, thread};
    ///
    /// simulate(|| {
    ///     thread::current().unpark();
    ///     thread::park(); // Returns at once.
    /// });
    /// ```
    pub fn unpark(&self) {
        match &self.simulated {
            Some((simulation, id)) => simulation.unpark(*id),
            None => self.real.unpark(),
        }
    }

    /// The thread's unique identifier.
    #[must_use]
    pub fn id(&self) -> ThreadId {
        self.real.id()
    }

    /// The thread's name, if it has one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.real.name()
    }
}

impl std::fmt::Debug for Thread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.real.fmt(f)
    }
}

/// A handle to the calling thread.
#[must_use]
pub fn current() -> Thread {
    let simulated = Context::sim_thread().map(|thread| (thread.simulation, thread.id));
    Thread::new(std::thread::current(), simulated)
}

/// Blocks the calling thread until its handle is [unparked](Thread::unpark), or returns at once if it has been already.
///
/// As with [`std::thread::park`], callers must not rely on `unpark` being the only reason to return: check the
/// condition in a loop.
#[track_caller]
pub fn park() {
    match Context::sim_thread() {
        Some(thread) => thread.simulation.park(thread.id, Location::caller(), None),
        None => std::thread::park(),
    }
}

/// Like [`park`], but for no longer than `timeout`.
#[track_caller]
pub fn park_timeout(timeout: Duration) {
    if let Some(thread) = Context::sim_thread() {
        thread.simulation.park(thread.id, Location::caller(), Some(timeout));
        return;
    }
    std::thread::park_timeout(timeout);
    if timeout.is_zero() {
        context::poll("park_timeout", Location::caller());
    }
}
