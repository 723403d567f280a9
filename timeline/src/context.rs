//! Whose time it is: every clock, sleep and event asks here which simulation the calling thread belongs to.

use std::cell::Cell;
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::note::Noted;
#[cfg(feature = "tokio")]
use crate::paused::Paused;
use crate::scheduler::{Call, Cause, Id, Simulation, Ticket, Wake};

thread_local! {
    /// Neither has a destructor, so both can be read while the thread's other thread-locals are dropped.
    static SEAT: Cell<Option<&'static Seat>> = const { Cell::new(None) };
    static ENDING: Cell<bool> = const { Cell::new(false) };
}

/// Where a thread's context is kept. Seats are never freed, so that a thread-local can refer to one without a
/// destructor; threads that have ended leave theirs to others.
struct Seat(Mutex<Option<Context>>);

static FREE_SEATS: Mutex<Vec<&'static Seat>> = Mutex::new(Vec::new());

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
        let entered = SEAT.try_with(Cell::get).ok().flatten().and_then(|seat| seat.lock().clone());
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
        let seat = SEAT.get().unwrap_or_else(Seat::take);
        SEAT.set(Some(seat));
        Entered { seat, before: seat.lock().replace(self) }
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

    /// Lets others go first, since the call of that name had nothing for its caller.
    pub(crate) fn poll(&self, name: &'static str, place: &'static Location<'static>) {
        self.simulation.poll(self.id, Call { name, place });
    }

    /// Lets others go first if the thread does nothing but such calls.
    pub(crate) fn look(&self, name: &'static str, place: &'static Location<'static>) {
        self.simulation.look(self.id, Call { name, place });
    }

    pub(crate) fn sleep(&self, duration: Duration, place: &'static Location<'static>) {
        if duration.is_zero() {
            self.poll("sleep", place);
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

impl Seat {
    fn take() -> &'static Self {
        let free = FREE_SEATS.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| Box::leak(Box::new(Self(Mutex::new(None)))))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Context>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Restores the thread's context when dropped.
pub(crate) struct Entered {
    seat: &'static Seat,
    before: Option<Context>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        let is_last = self.before.is_none();
        let left = std::mem::replace(&mut *self.seat.lock(), self.before.take());
        if is_last {
            let _ = SEAT.try_with(|seat| seat.set(None));
            FREE_SEATS.lock().unwrap_or_else(PoisonError::into_inner).push(self.seat);
        }
        drop(left);
    }
}

/// Whether the calling thread's function has ended, so that only its destructors still run: a panic would abort the
/// process.
pub(crate) fn is_ending() -> bool {
    ENDING.try_with(Cell::get).unwrap_or(true)
}

/// The calling thread's function has ended.
pub(crate) fn begin_to_end() {
    let _ = ENDING.try_with(|ending| ending.set(true));
}

/// The calling thread looks at something that may stay as it is. Does it nothing else, others go first.
pub(crate) fn look(name: &'static str, place: &'static Location<'static>) {
    if let Some(participant) = Context::participant() {
        participant.look(name, place);
    }
}

/// The calling thread gives back what it had locked at `place`, if that was in a simulation. Who only reads what a lock
/// guards may do so until somebody else writes it.
pub(crate) fn unlocked(name: &'static str, place: Option<&'static Location<'static>>, has_written: bool) {
    let Some((place, participant)) = place.zip(Context::participant()) else { return };
    if has_written {
        participant.simulation.progress();
    } else {
        participant.look(name, place);
    }
}

/// Asks again, after all others have gone first, if the first answer was nothing.
pub(crate) fn ask_twice<T>(
    name: &'static str,
    place: &'static Location<'static>,
    is_nothing: impl FnOnce(&T) -> bool,
    ask: impl Fn() -> T,
) -> T {
    let answer = ask();
    if !is_nothing(&answer) {
        return answer;
    }
    let Some(participant) = Context::participant() else { return answer };
    drop(answer);
    participant.poll(name, place);
    ask()
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
