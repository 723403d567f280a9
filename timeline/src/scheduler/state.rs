//! The state of a simulation: clock, ready queue, deadlines and threads. Nothing here waits.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::{Arc, Condvar};
use std::time::Duration;

use super::spin::{ApiCall, CallCounts, CallKind, SpinTracker};
use super::wait::{ROOT, SimThreadId, WaitId, WaitReason, WaitResult};
use crate::deadlock::{Deadlock, Waiting};
use crate::location::SourceLocation;
use crate::log::Log;
use crate::trace::TraceKind;

/// Deadlines from here on never come: a thousand years, which every `Instant` can still represent.
const END_OF_TIME: Duration = Duration::from_secs(1000 * 365 * 24 * 60 * 60);

/// Turns per runnable thread, all of them spent polling, after which the clock moves on.
const TURNS_BEFORE_CLOCK: usize = 100;

/// Turns that a thread has used up when its checks make it yield.
const TURNS_OF_CHECKS: usize = 10;

#[derive(Debug)]
pub(super) struct SchedulerState {
    log: Arc<Log>,
    pub(super) now: Duration,
    pub(super) running: SimThreadId,
    pub(super) threads: Vec<ThreadState>,
    ready: VecDeque<SimThreadId>,
    deadlines: BinaryHeap<Reverse<(Duration, WaitId, SimThreadId)>>,
    /// Wait IDs are numbered in the order in which the waits began.
    last_wait_id: u64,
    spin: SpinTracker,
    pub(super) deadlock: Option<Deadlock>,
    /// The program has returned: no thread of this simulation runs any more.
    pub(super) is_over: bool,
}

#[derive(Debug)]
pub(super) struct ThreadState {
    name: Option<String>,
    pub(super) state: TaskState,
    /// Notified when it is this thread's turn to run.
    pub(super) scheduled: Arc<Condvar>,
    /// Spawned or woken, but not running yet. The trace says when it does.
    is_woken: bool,
    /// An `unpark` that no `park` has consumed yet.
    pub(super) park_token: bool,
    counts: CallCounts,
    /// The waits of others for this thread to end.
    pub(super) joiners: Vec<(SimThreadId, WaitId)>,
    /// Set after a deadlock when the thread's scope unwinds: the thread runs out of turn, only to unwind too.
    pub(super) released: bool,
    pub(super) waits_while_unwinding: u32,
}

#[derive(Debug)]
pub(super) enum TaskState {
    /// Registered, but the operating system has not started the thread yet.
    Created,
    /// In the ready queue, or running. Says how its last wait ended.
    Runnable(WaitResult),
    Blocked {
        wait_id: WaitId,
        reason: WaitReason,
        location: SourceLocation,
    },
    Finished,
}

impl SchedulerState {
    /// A simulation whose only thread is the program's own, running.
    pub(super) fn new(log: Arc<Log>) -> Self {
        let mut root = ThreadState::new(Some("main".to_owned()));
        root.state = TaskState::Runnable(WaitResult::Unblocked);
        Self {
            log,
            now: Duration::ZERO,
            running: ROOT,
            threads: vec![root],
            ready: VecDeque::new(),
            deadlines: BinaryHeap::new(),
            last_wait_id: 0,
            spin: SpinTracker::default(),
            deadlock: None,
            is_over: false,
        }
    }

    pub(super) fn create_thread(&mut self, name: Option<String>) -> SimThreadId {
        self.threads.push(ThreadState::new(name));
        let id = self.threads.len() - 1;
        self.trace(id, TraceKind::Spawned(self.thread_name(self.running)));
        id
    }

    /// Puts a new thread at the end of the ready queue.
    pub(super) fn start_thread(&mut self, id: SimThreadId) {
        self.threads[id].is_woken = true;
        self.make_runnable(id, WaitResult::Unblocked);
    }

    pub(super) fn finish_thread(&mut self, id: SimThreadId) {
        self.threads[id].state = TaskState::Finished;
        self.progress();
        self.trace(id, TraceKind::Ended);
        for (joiner, wait_id) in std::mem::take(&mut self.threads[id].joiners) {
            self.unblock(joiner, wait_id);
        }
        if self.running == id {
            self.schedule_next();
        }
    }

    /// The thread's name in reports.
    pub(super) fn thread_name(&self, id: SimThreadId) -> String {
        self.threads[id].name.clone().unwrap_or_else(|| format!("thread {id}"))
    }

    /// Something other than a poll or a check has happened.
    pub(super) fn progress(&mut self) {
        self.spin.progress();
    }

    /// Marks a thread as blocked. Only `unblock` ends a wait without a timeout, or with one beyond the end of time.
    pub(super) fn begin_wait(
        &mut self,
        id: SimThreadId,
        reason: WaitReason,
        location: SourceLocation,
        timeout: Option<Duration>,
    ) -> WaitId {
        self.last_wait_id += 1;
        self.progress();
        let wait_id = WaitId(self.last_wait_id);
        let deadline = timeout.and_then(|timeout| self.now.checked_add(timeout)).filter(|at| *at < END_OF_TIME);
        let kind = match (&reason, deadline) {
            (WaitReason::Sleep, Some(until)) => TraceKind::Sleeps(until),
            (_, Some(until)) => TraceKind::WaitsUntil(self.awaited(&reason), until),
            (_, None) => TraceKind::Waits(self.awaited(&reason)),
        };
        self.trace(id, kind);
        self.threads[id].state = TaskState::Blocked { wait_id, reason, location };
        if let Some(at) = deadline {
            self.deadlines.push(Reverse((at, wait_id, id)));
        }
        wait_id
    }

    pub(super) fn unblock(&mut self, id: SimThreadId, wait_id: WaitId) -> bool {
        let is_waiting = self.is_in_wait(id, wait_id);
        if is_waiting {
            self.wake(id, WaitResult::Unblocked);
        }
        is_waiting
    }

    /// Ends a thread's wait, and traces who ended it: the running thread or the clock.
    pub(super) fn wake(&mut self, id: SimThreadId, result: WaitResult) {
        let by = if result == WaitResult::Unblocked { self.thread_name(self.running) } else { String::new() };
        self.trace(id, TraceKind::Woken(by));
        self.threads[id].is_woken = true;
        self.make_runnable(id, result);
    }

    /// Counts a call of the running thread. Returns whether the thread has been moved to the end of the ready queue:
    /// after each poll, and after many checks.
    pub(super) fn count(&mut self, id: SimThreadId, call: ApiCall, kind: CallKind) -> bool {
        let counts = &mut self.threads[id].counts;
        self.spin.count(counts, call, kind);
        let turns = match kind {
            CallKind::Poll => 1,
            CallKind::Check if counts.must_yield() => TURNS_OF_CHECKS,
            CallKind::Check => return false,
        };
        counts.has_yielded();
        self.make_runnable(id, WaitResult::Unblocked);
        self.spin.turns += turns;
        self.move_clock_if_all_spin();
        true
    }

    /// Threads that only poll would see the time pass if they were real, since polling takes time. So the clock moves
    /// on to the next deadline. Without a deadline nothing can ever change, which is reported like a deadlock.
    fn move_clock_if_all_spin(&mut self) {
        let is_endless = self.spin.is_endless();
        if self.spin.turns <= TURNS_BEFORE_CLOCK * self.ready.len() && !is_endless {
            return;
        }
        self.spin.turns = 0;
        if !self.advance_clock() && is_endless {
            self.deadlock = Some(self.report());
        }
    }

    /// Switches to the next thread: the head of the ready queue, or else the first one whose deadline comes.
    pub(super) fn schedule_next(&mut self) {
        while self.ready.is_empty() && self.advance_clock() {}
        let next = self.ready.pop_front();
        if next.is_none() && self.deadlock.is_none() {
            self.deadlock = Some(self.report());
        }
        match next {
            Some(next) if self.deadlock.is_none() => self.switch_to(next),
            _ => self.switch_to(ROOT),
        }
    }

    /// Traces a wait that is over as soon as it begins.
    pub(super) fn trace_empty_wait(&mut self, id: SimThreadId, reason: &WaitReason) {
        self.trace(id, TraceKind::WaitsUntil(self.awaited(reason), self.now));
        self.trace(id, TraceKind::Woken(String::new()));
        self.threads[id].is_woken = true;
    }

    fn make_runnable(&mut self, id: SimThreadId, result: WaitResult) {
        self.threads[id].state = TaskState::Runnable(result);
        self.ready.push_back(id);
    }

    fn switch_to(&mut self, id: SimThreadId) {
        self.running = id;
        if std::mem::take(&mut self.threads[id].is_woken) {
            self.trace(id, TraceKind::Runs);
        }
        self.threads[id].scheduled.notify_all();
    }

    /// Moves the clock to the earliest deadline of a thread that still waits, and wakes every thread with that
    /// deadline. Returns false if there is none.
    fn advance_clock(&mut self) -> bool {
        let mut reached = None;
        while let Some(&Reverse((at, wait_id, id))) = self.deadlines.peek() {
            if reached.is_some_and(|reached| at > reached) {
                break;
            }
            self.deadlines.pop();
            if self.is_in_wait(id, wait_id) {
                if reached.is_none() {
                    self.trace(id, TraceKind::Idle(at));
                }
                reached = Some(at);
                self.now = at;
                self.wake(id, WaitResult::TimedOut);
            }
        }
        if reached.is_some() {
            self.progress();
        }
        reached.is_some()
    }

    fn trace(&self, id: SimThreadId, kind: TraceKind) {
        self.log.trace(self.now, &self.thread_name(id), kind);
    }

    fn awaited(&self, reason: &WaitReason) -> String {
        match reason {
            WaitReason::Sleep => "the end of time".to_owned(),
            WaitReason::Park => "`unpark`".to_owned(),
            WaitReason::Join(other) => format!("the end of {}", self.thread_name(*other)),
            WaitReason::Named(name) => name.clone(),
        }
    }

    fn is_in_wait(&self, id: SimThreadId, expected: WaitId) -> bool {
        matches!(self.threads[id].state, TaskState::Blocked { wait_id, .. } if wait_id == expected)
    }

    fn report(&self) -> Deadlock {
        let waiting = self.threads.iter().enumerate().filter_map(|(id, thread)| {
            let (what, location, polls) = match &thread.state {
                TaskState::Blocked { reason, location, .. } => (self.awaited(reason), *location, 0),
                TaskState::Runnable(_) => {
                    let (call, times) = thread.counts.most_frequent(&self.spin)?;
                    (format!("`{}`", call.name), call.location, times)
                }
                TaskState::Created | TaskState::Finished => return None,
            };
            Some(Waiting { thread: self.thread_name(id), what, location: location.to_string(), polls })
        });
        Deadlock { at: self.now, waiting: waiting.collect() }
    }
}

impl ThreadState {
    fn new(name: Option<String>) -> Self {
        Self {
            name,
            state: TaskState::Created,
            scheduled: Arc::default(),
            is_woken: false,
            park_token: false,
            counts: CallCounts::default(),
            joiners: Vec::new(),
            released: false,
            waits_while_unwinding: 0,
        }
    }
}
