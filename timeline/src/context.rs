//! Where the calling thread's time comes from: every clock, sleep and event asks here which simulation it belongs to.

use std::cell::Cell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::location::SourceLocation;
#[cfg(feature = "tokio")]
use crate::paused_clock::{self, PausedClock};
use crate::scheduler::{ApiCall, CallKind, SimThreadId, Simulation, WaitId, WaitReason, WaitResult};
use crate::trace::TraceKind;

thread_local! {
    /// Has no destructor, so it can be read while the thread's other thread-locals are dropped.
    static SLOT: Cell<Option<&'static ContextSlot>> = const { Cell::new(None) };
}

/// Holds the context of one thread. Slots are never freed, so that a thread-local can refer to one without a
/// destructor. A thread that exits leaves its slot to another.
struct ContextSlot(Mutex<Option<Context>>);

static FREE_SLOTS: Mutex<Vec<&'static ContextSlot>> = Mutex::new(Vec::new());

/// Where the calling thread's time comes from.
#[derive(Clone)]
pub(crate) enum Context {
    /// A thread of `simulate`.
    Simulated(SimThread),
    /// The thread on which `simulate_async` polls its tasks.
    #[cfg(feature = "tokio")]
    Paused(Arc<PausedClock>),
    /// Another thread of `simulate_async`'s runtime, started by `spawn_blocking`.
    #[cfg(feature = "tokio")]
    BlockingPool(Arc<PausedClock>),
    /// No simulation: real time.
    Real,
}

/// One thread of one simulation.
#[derive(Clone)]
pub(crate) struct SimThread {
    pub(crate) simulation: Arc<Simulation>,
    pub(crate) id: SimThreadId,
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
        let entered = SLOT.try_with(Cell::get).ok().flatten().and_then(|slot| slot.lock().clone());
        match entered {
            Some(Self::Simulated(thread)) => {
                thread.reject_runtime();
                Self::Simulated(thread)
            }
            Some(context) => context,
            None => Self::outside(),
        }
    }

    /// The calling thread, if it is simulated.
    pub(crate) fn sim_thread() -> Option<SimThread> {
        if let Self::Simulated(thread) = Self::current() { Some(thread) } else { None }
    }

    /// Makes this the calling thread's context until the guard is dropped.
    pub(crate) fn enter(self) -> EnterGuard {
        let slot = SLOT.get().unwrap_or_else(ContextSlot::take);
        SLOT.set(Some(slot));
        EnterGuard { slot, previous: slot.lock().replace(self) }
    }

    #[cfg(feature = "tokio")]
    fn outside() -> Self {
        PausedClock::of_current_runtime().map_or(Self::Real, Self::BlockingPool)
    }

    #[cfg(not(feature = "tokio"))]
    fn outside() -> Self {
        Self::Real
    }
}

impl SimThread {
    /// Blocks this thread; see [`Simulation::block`].
    pub(crate) fn block(
        &self,
        reason: WaitReason,
        location: SourceLocation,
        timeout: Option<Duration>,
        register: impl FnOnce(WaitId),
    ) -> WaitResult {
        self.simulation.block(self.id, reason, location, timeout, register)
    }

    /// Lets others go first, since the call of that name had nothing for its caller.
    pub(crate) fn poll(&self, name: &'static str, location: SourceLocation) {
        self.simulation.poll(self.id, ApiCall { name, location });
    }

    /// Lets others go first if the thread does nothing but such calls.
    pub(crate) fn check(&self, name: &'static str, location: SourceLocation) {
        self.simulation.check(self.id, ApiCall { name, location });
    }

    pub(crate) fn sleep(&self, duration: Duration, location: SourceLocation) {
        if duration.is_zero() {
            self.poll("sleep", location);
        } else {
            self.block(WaitReason::Sleep, location, Some(duration), |_| ());
        }
    }

    pub(crate) fn instant(&self) -> Instant {
        self.simulation.instant()
    }

    fn reject_runtime(&self) {
        #[cfg(feature = "tokio")]
        let is_real = !self.in_runtime && tokio::runtime::Handle::try_current().is_ok();
        #[cfg(not(feature = "tokio"))]
        let is_real = self.in_runtime;
        assert!(
            !is_real || std::thread::panicking(),
            "a tokio runtime was built inside `simulate`, where its time would be real. Call `simulate_async` instead"
        );
    }
}

impl ContextSlot {
    fn take() -> &'static Self {
        let free = FREE_SLOTS.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| Box::leak(Box::new(Self(Mutex::new(None)))))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Context>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Restores the thread's previous context when dropped.
pub(crate) struct EnterGuard {
    slot: &'static ContextSlot,
    previous: Option<Context>,
}

impl Drop for EnterGuard {
    fn drop(&mut self) {
        let is_outermost = self.previous.is_none();
        let left = std::mem::replace(&mut *self.slot.lock(), self.previous.take());
        if is_outermost {
            let _ = SLOT.try_with(|slot| slot.set(None));
            FREE_SLOTS.lock().unwrap_or_else(PoisonError::into_inner).push(self.slot);
        }
        drop(left);
    }
}

/// Counts a call that finds something unchanged, perhaps for ever. A thread that makes only such calls lets others go
/// first from time to time.
pub(crate) fn check(name: &'static str, location: SourceLocation) {
    count(&Context::current(), ApiCall { name, location }, CallKind::Check);
}

/// Counts a call that lets others go first. Returns false outside a simulation, where nothing is counted.
pub(crate) fn poll(name: &'static str, location: SourceLocation) -> bool {
    let context = Context::current();
    count(&context, ApiCall { name, location }, CallKind::Poll);
    !matches!(context, Context::Real)
}

/// Counts `call`, and lets others go first if the kind of call and the counts ask for it.
fn count(context: &Context, call: ApiCall, kind: CallKind) {
    match (context, kind) {
        (Context::Simulated(thread), CallKind::Poll | CallKind::TaskPoll) => thread.simulation.poll(thread.id, call),
        (Context::Simulated(thread), CallKind::Check) => thread.simulation.check(thread.id, call),
        #[cfg(feature = "tokio")]
        (Context::Paused(clock), _) => clock.count(call, kind),
        // Real threads run side by side, so what they count depends on the machine.
        #[cfg(feature = "tokio")]
        (Context::BlockingPool(_), _) => {}
        (Context::Real, _) => {}
    }
}

/// Something has changed that a polling thread or task may be waiting for.
pub(crate) fn progress() {
    match Context::current() {
        Context::Simulated(thread) => thread.simulation.progress(),
        #[cfg(feature = "tokio")]
        Context::Paused(clock) => clock.progress(),
        #[cfg(feature = "tokio")]
        Context::BlockingPool(_) => {}
        Context::Real => {}
    }
}

/// Asks a second time, after all others have gone first, if the first answer was nothing.
pub(crate) fn retry_after_yield<T>(
    name: &'static str,
    location: SourceLocation,
    is_nothing: impl FnOnce(&T) -> bool,
    ask: impl Fn() -> T,
) -> T {
    let answer = ask();
    if !is_nothing(&answer) {
        return answer;
    }
    if !matches!(Context::current(), Context::Simulated(_)) {
        poll(name, location);
        return answer;
    }
    drop(answer);
    poll(name, location);
    ask()
}

/// Traces something about `lane`, or else about the calling thread or task, in its simulation if it has one.
pub(crate) fn trace(lane: Option<&str>, kind: TraceKind) {
    match Context::current() {
        Context::Simulated(thread) => thread.simulation.trace(thread.id, lane, kind),
        #[cfg(feature = "tokio")]
        Context::Paused(clock) | Context::BlockingPool(clock) => clock.trace(lane, kind),
        Context::Real => {}
    }
}

/// The name of what is running: a simulated thread, a task of the runtime, or nothing known.
pub(crate) fn current_name() -> String {
    match Context::current() {
        Context::Simulated(thread) => thread.simulation.thread_name(thread.id),
        #[cfg(feature = "tokio")]
        Context::Paused(_) | Context::BlockingPool(_) => paused_clock::current_name(),
        Context::Real => String::new(),
    }
}
