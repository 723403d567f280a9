//! A handle to a thread, and parking.

use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use super::ThreadId;
use crate::context::Context;
use crate::scheduler::{Id, Simulation};

/// A handle to a thread, with which another can [`unpark`](Thread::unpark) it. Like [`std::thread::Thread`].
#[derive(Clone)]
pub struct Thread {
    real: std::thread::Thread,
    simulated: Option<(Arc<Simulation>, Id)>,
}

impl Thread {
    pub(super) fn new(real: std::thread::Thread, simulated: Option<(Arc<Simulation>, Id)>) -> Self {
        Self { real, simulated }
    }

    /// Lets the thread's next or current [`park`] return. Several calls before one park count once.
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
    let simulated = Context::participant().map(|participant| (participant.simulation, participant.id));
    Thread::new(std::thread::current(), simulated)
}

/// Blocks the calling thread until its handle is [unparked](Thread::unpark), or returns at once if it has been already.
///
/// As with [`std::thread::park`], a caller must not rely on being woken only so: check the condition in a loop.
#[track_caller]
pub fn park() {
    match Context::participant() {
        Some(participant) => participant.simulation.park(participant.id, Location::caller(), None),
        None => std::thread::park(),
    }
}

/// As [`park`], for no longer than `timeout`.
#[track_caller]
pub fn park_timeout(timeout: Duration) {
    match Context::participant() {
        Some(participant) => participant.simulation.park(participant.id, Location::caller(), Some(timeout)),
        None => std::thread::park_timeout(timeout),
    }
}
