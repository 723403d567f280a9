//! The simulation of blocking code: real threads, of which exactly one runs at a time.
//!
//! When the running thread blocks, the head of the ready queue runs next. When the queue is empty, the clock jumps to
//! the earliest deadline, and every thread with that deadline becomes runnable. When there is no deadline either,
//! nothing can happen any more: a deadlock.
//!
//! Ready queue and deadlines are first in, first out, so a program has one timeline, whatever the machine does.
//!
//! A simulation ends when its program returns, as a program does when `main` returns. Threads that still wait stay
//! where they are, and their destructors do not run: unwinding them would run learners' code in parallel, outside of
//! virtual time. After a deadlock, only the program's thread and its scoped threads unwind, since a scope must not
//! return while its threads live.

mod spin;
mod state;
mod wait;

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::deadlock::Deadlock;
use crate::event::Event;
use crate::exiting::is_exiting;
use crate::location::SourceLocation;
use crate::log::Log;
use crate::trace::{TraceEvent, TraceKind};
pub(crate) use spin::{ApiCall, CallKind};
#[cfg(feature = "tokio")]
pub(crate) use spin::{CallCounts, SpinTracker};
use state::{SchedulerState, TaskState};
pub(crate) use wait::{ROOT, SimThreadId, WaitId, WaitReason, WaitResult};

/// How many waits a thread may begin while it unwinds from a deadlock. After that, its destructor never ends.
const WAITS_WHILE_UNWINDING: u32 = 1000;

/// One simulation: its clock, its threads, and which of them runs.
#[derive(Debug)]
pub(crate) struct Simulation {
    /// What `Instant::now` said when the simulation began. Virtual instants count from here.
    base: Instant,
    log: Arc<Log>,
    state: Mutex<SchedulerState>,
}

/// The payload that unwinds a thread after a deadlock. No panic message is printed for it.
struct DeadlockUnwind;

impl Simulation {
    /// A simulation whose only thread is the calling one, running.
    pub(crate) fn new(base: Instant, log: Log) -> Arc<Self> {
        let log = Arc::new(log);
        Arc::new(Self { base, log: Arc::clone(&log), state: Mutex::new(SchedulerState::new(log)) })
    }

    /// Virtual time since the simulation began.
    pub(crate) fn now(&self) -> Duration {
        self.lock().now
    }

    /// The virtual time as an instant.
    pub(crate) fn instant(&self) -> Instant {
        self.base + self.now()
    }

    pub(crate) fn record(&self, by: SimThreadId, task: String, what: String) {
        let mut state = self.lock();
        if state.deadlock.is_some() {
            return;
        }
        state.progress();
        let (at, by) = (state.now, state.thread_name(by));
        drop(state);
        self.log.push(at, &by, task, what);
    }

    /// Takes the events and the trace.
    pub(crate) fn take_log(&self) -> (Vec<Event>, Vec<TraceEvent>) {
        self.log.take()
    }

    pub(crate) fn deadlock(&self) -> Option<Deadlock> {
        self.lock().deadlock.clone()
    }

    /// Registers a thread that is about to be spawned.
    pub(crate) fn create_thread(&self, name: Option<String>) -> SimThreadId {
        self.lock().create_thread(name)
    }

    /// Puts a thread at the end of the ready queue once the operating system has started it.
    pub(crate) fn start_thread(&self, id: SimThreadId) {
        self.lock().start_thread(id);
    }

    /// The first act of a new thread: waits for its first turn.
    pub(crate) fn wait_for_first_turn(&self, id: SimThreadId) {
        let state = wait_until_running(self.lock(), id);
        let has_deadlocked = state.deadlock.is_some();
        drop(state);
        if has_deadlocked {
            resume_unwind(Box::new(DeadlockUnwind));
        }
    }

    /// The last act of a thread, after the last of its destructors: wakes those who join it, and lets the next thread
    /// run. A thread that the operating system could not start ends here too, without ever having run.
    pub(crate) fn finish_thread(&self, id: SimThreadId) {
        self.lock().finish_thread(id);
    }

    /// Blocks thread `id`, which is running, until it is unblocked or `timeout` has passed. `register` gets the ID with
    /// which others can end the wait.
    pub(crate) fn block(
        &self,
        id: SimThreadId,
        reason: WaitReason,
        location: SourceLocation,
        timeout: Option<Duration>,
        register: impl FnOnce(WaitId),
    ) -> WaitResult {
        let mut state = self.lock();
        if state.deadlock.is_some() {
            return halt(state, id);
        }
        register(state.begin_wait(id, reason, location, timeout));
        wait(state, id)
    }

    /// Lets all runnable threads go first, since `call` had nothing for its caller.
    pub(crate) fn poll(&self, id: SimThreadId, call: ApiCall) {
        let mut state = self.lock();
        if state.deadlock.is_some() {
            halt(state, id);
            return;
        }
        state.count(id, call, CallKind::Poll);
        wait(state, id);
    }

    /// Performs a wait whose timeout is zero: lets all runnable threads go first.
    pub(crate) fn poll_as_wait(&self, id: SimThreadId, reason: &WaitReason, call: ApiCall) {
        self.lock().trace_empty_wait(id, reason);
        self.poll(id, call);
    }

    /// Lets all runnable threads go first if the thread has made many such calls and done nothing else.
    pub(crate) fn check(&self, id: SimThreadId, call: ApiCall) {
        let mut state = self.lock();
        let is_active = state.deadlock.is_none() && !state.is_over;
        if is_active && state.count(id, call, CallKind::Check) {
            wait(state, id);
        }
    }

    /// Something has changed that a polling thread may be waiting for.
    pub(crate) fn progress(&self) {
        self.lock().progress();
    }

    /// Ends the wait with this ID. Returns false if that wait is over already.
    pub(crate) fn unblock(&self, id: SimThreadId, wait_id: WaitId) -> bool {
        self.lock().unblock(id, wait_id)
    }

    pub(crate) fn park(&self, id: SimThreadId, location: SourceLocation, timeout: Option<Duration>) {
        if self.take_park_token(id) {
            return;
        }
        if timeout == Some(Duration::ZERO) {
            self.poll_as_wait(id, &WaitReason::Park, ApiCall { name: "park_timeout", location });
        } else {
            self.block(id, WaitReason::Park, location, timeout, |_| ());
        }
        self.take_park_token(id);
    }

    pub(crate) fn unpark(&self, id: SimThreadId) {
        let mut state = self.lock();
        state.threads[id].park_token = true;
        if let TaskState::Blocked { reason: WaitReason::Park, .. } = state.threads[id].state {
            state.wake(id, WaitResult::Unblocked);
        }
    }

    /// Blocks thread `me` until thread `other` has ended, or a deadlock has ended the simulation.
    pub(crate) fn join(&self, me: SimThreadId, other: SimThreadId, location: SourceLocation) -> WaitResult {
        let mut state = self.lock();
        if let TaskState::Finished = state.threads[other].state {
            return WaitResult::Unblocked;
        }
        if state.deadlock.is_some() {
            return halt(state, me);
        }
        let wait_id = state.begin_wait(me, WaitReason::Join(other), location, None);
        state.threads[other].joiners.push((me, wait_id));
        wait(state, me)
    }

    pub(crate) fn is_finished(&self, id: SimThreadId) -> bool {
        matches!(self.lock().threads[id].state, TaskState::Finished)
    }

    /// After a deadlock: lets thread `id` unwind, since its scope does.
    pub(crate) fn release(&self, id: SimThreadId) {
        let mut state = self.lock();
        state.threads[id].released = true;
        state.threads[id].scheduled.notify_all();
    }

    /// Traces something about `lane`, or else about thread `by`.
    pub(crate) fn trace(&self, by: SimThreadId, lane: Option<&str>, kind: TraceKind) {
        let (at, by) = {
            let state = self.lock();
            (state.now, state.thread_name(by))
        };
        self.log.trace(at, lane.unwrap_or(&by), kind);
    }

    /// The thread's name in reports.
    pub(crate) fn thread_name(&self, id: SimThreadId) -> String {
        self.lock().thread_name(id)
    }

    /// Ends the simulation: no thread of it runs any more.
    pub(crate) fn end(&self) {
        self.lock().is_over = true;
    }

    /// Whether the program has returned.
    pub(crate) fn is_over(&self) -> bool {
        self.lock().is_over
    }

    /// Whether a deadlock has ended the simulation.
    pub(crate) fn has_deadlocked(&self) -> bool {
        self.lock().deadlock.is_some()
    }

    fn take_park_token(&self, id: SimThreadId) -> bool {
        std::mem::take(&mut self.lock().threads[id].park_token)
    }

    fn lock(&self) -> MutexGuard<'_, SchedulerState> {
        // No code of a program runs under this lock, so a panic leaves the state consistent.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets the next thread run, and waits until it is thread `id`'s turn again.
fn wait(mut state: MutexGuard<'_, SchedulerState>, id: SimThreadId) -> WaitResult {
    state.schedule_next();
    let state = wait_until_running(state, id);
    if state.deadlock.is_some() {
        return halt(state, id);
    }
    match state.threads[id].state {
        TaskState::Runnable(result) => result,
        _ => unreachable!("only runnable threads are scheduled"),
    }
}

fn wait_until_running(mut state: MutexGuard<'_, SchedulerState>, id: SimThreadId) -> MutexGuard<'_, SchedulerState> {
    let scheduled = Arc::clone(&state.threads[id].scheduled);
    while state.running != id && !state.threads[id].released {
        state = scheduled.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
    state
}

/// Ends a wait after a deadlock: the program's own thread panics with the report, all others unwind silently.
fn halt(mut state: MutexGuard<'_, SchedulerState>, id: SimThreadId) -> WaitResult {
    let report = state.deadlock.clone().expect("only a deadlock halts a simulation");
    if std::thread::panicking() || is_exiting() {
        // A panic here would abort the process. A destructor that waits gets a spurious wake-up instead.
        let waits = &mut state.threads[id].waits_while_unwinding;
        *waits += 1;
        assert!(*waits < WAITS_WHILE_UNWINDING, "a destructor keeps waiting after this {report}");
        drop(state);
        // Unwinding threads run side by side, in real time: let the others proceed.
        std::thread::sleep(Duration::from_millis(1));
        return WaitResult::Halted;
    }
    drop(state);
    assert!(id != ROOT, "{report}");
    resume_unwind(Box::new(DeadlockUnwind))
}
