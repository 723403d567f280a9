//! The simulation of blocking code: real threads, of which exactly one runs at a time.
//!
//! The thread that runs holds the *baton*. When it blocks, it hands the baton to the first thread of the ready queue.
//! When nobody is ready, the clock jumps to the earliest deadline, and all whose deadline that is become ready. When
//! there is no deadline either, nothing can happen any more: a deadlock.
//!
//! Ready queue and deadlines are first in, first out, so a scenario has one timeline, whatever the machine does.
//!
//! A simulation ends when its scenario returns, as a program does when `main` returns. Threads that still wait stay
//! where they are, and their destructors do not run: unwinding them would run learners' code in parallel, outside of
//! virtual time. After a deadlock, only the scenario's thread and its scoped threads unwind, since a scope must not
//! return while its threads live.

mod polling;
mod state;

use std::panic::{Location, resume_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::context;
use crate::deadlock::Deadlock;
use crate::event::Event;
use crate::log::Log;
use crate::note::{Note, Noted};
pub(crate) use polling::Call;
use state::{State, Status};

/// Waits that a thread may begin while it unwinds from a deadlock, before its destructor is taken for one that never ends.
const WAITS_WHILE_UNWINDING: u32 = 1000;

/// Index of a thread in its simulation; the scenario's own thread is the first.
pub(crate) type Id = usize;

/// The thread that called `simulate`.
pub(crate) const ROOT: Id = 0;

/// What a thread waits for.
#[derive(Clone, Debug)]
pub(crate) enum Cause {
    /// Its own deadline, and nothing else.
    Sleep,
    /// `unpark`.
    Park,
    /// The end of another thread.
    Join(Id),
    /// Something that a primitive of [`crate::sync`] names, as in "a message from a channel".
    Named(String),
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wake {
    /// What the thread waited for has come.
    Unblocked,
    /// Its deadline has come first.
    TimedOut,
    /// Neither: the simulation is over, and this thread is unwinding.
    Halted,
}

/// One wait of one thread. It goes stale when that wait ends, however it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket(u64);

/// One simulation: its clock, its threads, and who of them runs.
#[derive(Debug)]
pub(crate) struct Simulation {
    /// What `Instant::now` said when the simulation began; virtual instants count from here.
    base: Instant,
    log: Arc<Log>,
    state: Mutex<State>,
}

/// The payload that unwinds a thread which a deadlock has stopped. No panic message is printed for it.
struct Halt;

impl Simulation {
    /// A simulation whose only thread is the caller's, running.
    pub(crate) fn new(base: Instant, log: Log) -> Arc<Self> {
        let log = Arc::new(log);
        Arc::new(Self { base, log: Arc::clone(&log), state: Mutex::new(State::new(log)) })
    }

    /// Virtual time since the simulation began.
    pub(crate) fn now(&self) -> Duration {
        self.lock().now
    }

    /// The virtual time as an instant.
    pub(crate) fn instant(&self) -> Instant {
        self.base + self.now()
    }

    pub(crate) fn record(&self, by: Id, task: String, what: String) {
        let mut state = self.lock();
        if state.deadlock.is_some() {
            return;
        }
        state.progress();
        let (at, by) = (state.now, state.thread_name(by));
        drop(state);
        self.log.push(at, &by, task, what);
    }

    /// Takes the events and the notes.
    pub(crate) fn take_log(&self) -> (Vec<Event>, Vec<Note>) {
        self.log.take()
    }

    pub(crate) fn deadlock(&self) -> Option<Deadlock> {
        self.lock().deadlock.clone()
    }

    /// Registers a thread that is about to be spawned.
    pub(crate) fn announce(&self, name: Option<String>) -> Id {
        let mut state = self.lock();
        let id = state.announce(name);
        let by = state.thread_name(state.running);
        state.note(id, Noted::Spawned(by));
        id
    }

    /// Puts a thread at the end of the ready queue once its operating system thread exists.
    pub(crate) fn launch(&self, id: Id) {
        let mut state = self.lock();
        state.threads[id].is_woken = true;
        state.make_ready(id, Wake::Unblocked);
    }

    /// The first act of a new thread: waits for the baton.
    pub(crate) fn enter(&self, id: Id) {
        let state = wait_for_baton(self.lock(), id);
        let stopped = state.deadlock.is_some();
        drop(state);
        if stopped {
            resume_unwind(Box::new(Halt));
        }
    }

    /// The last act of a thread, after the last of its destructors: lets those who join it go on, and hands the baton
    /// over. A thread that the operating system has refused to start ends here too, and never had the baton.
    pub(crate) fn finish(&self, id: Id) {
        let mut state = self.lock();
        state.threads[id].status = Status::Finished;
        state.progress();
        state.note(id, Noted::Ended);
        for (joiner, ticket) in std::mem::take(&mut state.threads[id].joiners) {
            state.unblock(joiner, ticket);
        }
        if state.running == id {
            state.pass_baton();
        }
    }

    /// Blocks thread `id`, which runs, until it is unblocked or `timeout` has passed. `enlist` gets the ticket with
    /// which others can end the wait.
    pub(crate) fn block(
        &self,
        id: Id,
        cause: Cause,
        place: &'static Location<'static>,
        timeout: Option<Duration>,
        enlist: impl FnOnce(Ticket),
    ) -> Wake {
        let mut state = self.lock();
        if state.deadlock.is_some() {
            return halt(state, id);
        }
        enlist(state.begin_wait(id, cause, place, timeout));
        wait(state, id)
    }

    /// Lets all that are ready go first, since `call` had nothing for its caller.
    pub(crate) fn poll(&self, id: Id, call: Call) {
        let mut state = self.lock();
        if state.deadlock.is_some() {
            halt(state, id);
            return;
        }
        state.poll(id, call);
        wait(state, id);
    }

    /// A wait that is over at once: lets all that are ready go first.
    pub(crate) fn wait_not_at_all(&self, id: Id, cause: &Cause, call: Call) {
        self.lock().note_empty_wait(id, cause);
        self.poll(id, call);
    }

    /// Lets all that are ready go first if the thread has made many such calls, and done nothing else.
    pub(crate) fn look(&self, id: Id, call: Call) {
        let mut state = self.lock();
        if state.deadlock.is_none() && state.look(id, call) {
            wait(state, id);
        }
    }

    /// Something has changed: who polls may find it.
    pub(crate) fn progress(&self) {
        self.lock().progress();
    }

    /// Ends the wait that `ticket` names. False when that wait is over already.
    pub(crate) fn unblock(&self, id: Id, ticket: Ticket) -> bool {
        self.lock().unblock(id, ticket)
    }

    pub(crate) fn park(&self, id: Id, place: &'static Location<'static>, timeout: Option<Duration>) {
        if self.take_unpark(id) {
            return;
        }
        if timeout == Some(Duration::ZERO) {
            self.wait_not_at_all(id, &Cause::Park, Call { name: "park_timeout", place });
        } else {
            self.block(id, Cause::Park, place, timeout, |_| ());
        }
        self.take_unpark(id);
    }

    fn take_unpark(&self, id: Id) -> bool {
        std::mem::take(&mut self.lock().threads[id].unparked)
    }

    pub(crate) fn unpark(&self, id: Id) {
        let mut state = self.lock();
        state.threads[id].unparked = true;
        if let Status::Blocked { cause: Cause::Park, .. } = state.threads[id].status {
            state.wake(id, Wake::Unblocked);
        }
    }

    /// Blocks thread `me` until thread `other` has ended, or a deadlock has ended the simulation.
    pub(crate) fn join(&self, me: Id, other: Id, place: &'static Location<'static>) -> Wake {
        let mut state = self.lock();
        if let Status::Finished = state.threads[other].status {
            return Wake::Unblocked;
        }
        if state.deadlock.is_some() {
            return halt(state, me);
        }
        let ticket = state.begin_wait(me, Cause::Join(other), place, None);
        state.threads[other].joiners.push((me, ticket));
        wait(state, me)
    }

    pub(crate) fn is_finished(&self, id: Id) -> bool {
        matches!(self.lock().threads[id].status, Status::Finished)
    }

    /// After a deadlock: lets thread `id` unwind, since its scope does.
    pub(crate) fn release(&self, id: Id) {
        let mut state = self.lock();
        state.threads[id].released = true;
        state.threads[id].baton.notify_all();
    }

    /// Notes something about `lane`, or else about the thread that notes it.
    pub(crate) fn note(&self, by: Id, lane: Option<&str>, what: Noted) {
        let (at, by) = {
            let state = self.lock();
            (state.now, state.thread_name(by))
        };
        self.log.note(at, lane.unwrap_or(&by), what);
    }

    /// How a thread is called in reports.
    pub(crate) fn thread_name(&self, id: Id) -> String {
        self.lock().thread_name(id)
    }

    /// Ends the simulation: no thread of it runs any more.
    pub(crate) fn end(&self) {
        self.lock().is_over = true;
    }

    /// Whether the scenario has returned.
    pub(crate) fn is_over(&self) -> bool {
        self.lock().is_over
    }

    /// Whether a deadlock has ended the simulation.
    pub(crate) fn is_halted(&self) -> bool {
        self.lock().deadlock.is_some()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code of a scenario runs under this lock, so a panic leaves the state whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands the baton over and waits to get it back.
fn wait(mut state: MutexGuard<'_, State>, id: Id) -> Wake {
    state.pass_baton();
    let state = wait_for_baton(state, id);
    if state.deadlock.is_some() {
        return halt(state, id);
    }
    match state.threads[id].status {
        Status::Able(wake) => wake,
        _ => unreachable!("a thread that gets the baton was made ready"),
    }
}

fn wait_for_baton(mut state: MutexGuard<'_, State>, id: Id) -> MutexGuard<'_, State> {
    let baton = Arc::clone(&state.threads[id].baton);
    while state.running != id && !state.threads[id].released {
        state = baton.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
    state
}

/// Ends a wait after a deadlock: the scenario's thread panics with the report, all others unwind in silence.
fn halt(mut state: MutexGuard<'_, State>, id: Id) -> Wake {
    let report = state.deadlock.clone().expect("only a deadlock halts a simulation");
    if std::thread::panicking() || context::is_ending() {
        // A panic here would abort the process. A destructor that waits gets a spurious wake-up in its place.
        let waits = &mut state.threads[id].waits_while_unwinding;
        *waits += 1;
        assert!(*waits < WAITS_WHILE_UNWINDING, "a destructor keeps waiting after this {report}");
        drop(state);
        // Threads that unwind do so side by side, in real time: let the others get on.
        std::thread::sleep(Duration::from_millis(1));
        return Wake::Halted;
    }
    drop(state);
    assert!(id != ROOT, "{report}");
    resume_unwind(Box::new(Halt))
}
