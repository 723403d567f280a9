//! Whose time it is: every clock, sleep and event asks here which simulation the calling thread belongs to.

use std::cell::RefCell;
use std::panic::Location;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::note::Noted;
#[cfg(feature = "tokio")]
use crate::paused::Paused;
use crate::scheduler::{Cause, Id, Simulation, Ticket, Wake};

thread_local! {
    static ENTERED: RefCell<Option<Context>> = const { RefCell::new(None) };
}

/// Where the calling thread's time comes from.
#[derive(Clone)]
pub(crate) enum Context {
    /// A thread of `simulate`.
    Simulated(Participant),
    /// The thread on which `simulate_async` polls its tasks.
    #[cfg(feature = "tokio")]
    Paused(Arc<Paused>),
    /// Another thread of `simulate_async`'s runtime: `spawn_blocking`.
    #[cfg(feature = "tokio")]
    Beside(Arc<Paused>),
    /// No simulation: real time.
    Real,
}

/// One thread of one simulation.
#[derive(Clone)]
pub(crate) struct Participant {
    pub(crate) simulation: Arc<Simulation>,
    pub(crate) id: Id,
    /// Whether `simulate` was called inside a tokio runtime.
    pub(crate) in_runtime: bool,
}

impl Context {
    /// The calling thread's context.
    ///
    /// # Panics
    ///
    /// On a thread of `simulate` that has entered a tokio runtime, whose time would be real.
    pub(crate) fn current() -> Self {
        // While a thread ends, its thread-locals may be gone: what its destructors do then happens in real time.
        let entered = ENTERED.try_with(|entered| entered.borrow().clone()).ok().flatten();
        match entered {
            Some(Self::Simulated(participant)) => {
                participant.refuse_runtime();
                Self::Simulated(participant)
            }
            Some(context) => context,
            None => Self::outside(),
        }
    }

    /// The simulated thread that calls, if it is one.
    pub(crate) fn participant() -> Option<Participant> {
        if let Self::Simulated(participant) = Self::current() { Some(participant) } else { None }
    }

    /// Makes this the calling thread's context until the guard is dropped.
    pub(crate) fn enter(self) -> Entered {
        Entered { before: ENTERED.replace(Some(self)) }
    }

    #[cfg(feature = "tokio")]
    fn outside() -> Self {
        Paused::of_current_runtime().map_or(Self::Real, Self::Beside)
    }

    #[cfg(not(feature = "tokio"))]
    fn outside() -> Self {
        Self::Real
    }
}

impl Participant {
    /// Blocks this thread; see [`Simulation::block`].
    pub(crate) fn block(
        &self,
        cause: Cause,
        place: &'static Location<'static>,
        timeout: Option<Duration>,
        enlist: impl FnOnce(Ticket),
    ) -> Wake {
        self.simulation.block(self.id, cause, place, timeout, enlist)
    }

    pub(crate) fn sleep(&self, duration: Duration, place: &'static Location<'static>) {
        if duration.is_zero() {
            self.simulation.yield_now(self.id);
        } else {
            self.block(Cause::Sleep, place, Some(duration), |_| ());
        }
    }

    pub(crate) fn instant(&self) -> Instant {
        self.simulation.instant()
    }

    fn refuse_runtime(&self) {
        #[cfg(feature = "tokio")]
        let is_real = !self.in_runtime && tokio::runtime::Handle::try_current().is_ok();
        #[cfg(not(feature = "tokio"))]
        let is_real = self.in_runtime;
        assert!(
            !is_real || std::thread::panicking(),
            "a tokio runtime was built inside `simulate`: its time would be real. Call `simulate_async` in place of both"
        );
    }
}

/// Restores the thread's context when dropped.
pub(crate) struct Entered {
    before: Option<Context>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        let before = self.before.take();
        // Gone when the thread ends; then nobody asks any more.
        let _ = ENTERED.try_with(|entered| entered.replace(before));
    }
}

/// Notes something about `lane`, or about the calling thread or task, in its simulation if it has one.
pub(crate) fn note(lane: Option<&str>, what: Noted) {
    match Context::current() {
        Context::Simulated(participant) => participant.simulation.note(participant.id, lane, what),
        #[cfg(feature = "tokio")]
        Context::Paused(paused) | Context::Beside(paused) => paused.note(lane, what),
        Context::Real => {}
    }
}

/// Who runs: a simulated thread, a task of the runtime, or nobody that is known.
pub(crate) fn actor() -> String {
    match Context::current() {
        Context::Simulated(participant) => participant.simulation.thread_name(participant.id),
        #[cfg(feature = "tokio")]
        Context::Paused(_) | Context::Beside(_) => crate::paused::actor(),
        Context::Real => String::new(),
    }
}
