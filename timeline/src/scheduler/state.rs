//! What a simulation knows: clock, ready queue, deadlines and threads. Nothing here waits.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::panic::Location;
use std::sync::{Arc, Condvar};
use std::time::Duration;

use super::polling::{Polled, Polling};
use super::{Cause, Id, ROOT, Ticket, Wake};
use crate::deadlock::{Deadlock, Waiting};
use crate::log::Log;
use crate::note::Noted;

/// Later deadlines never come: a thousand years, which every `Instant` can still say.
const END_OF_TIME: Duration = Duration::from_secs(1000 * 365 * 24 * 60 * 60);

#[derive(Debug)]
pub(super) struct State {
    log: Arc<Log>,
    pub(super) now: Duration,
    pub(super) running: Id,
    pub(super) threads: Vec<Slot>,
    pub(super) ready: VecDeque<Id>,
    pub(super) deadlines: BinaryHeap<Reverse<(Duration, u64, Id)>>,
    /// Names the waits, in the order in which they began.
    pub(super) last_ticket: u64,
    /// Polling since anything else happened.
    pub(super) polling: Polling,
    pub(super) deadlock: Option<Deadlock>,
    /// The scenario has returned: no thread of this simulation runs any more.
    pub(super) is_over: bool,
}

#[derive(Debug)]
pub(super) struct Slot {
    name: Option<String>,
    pub(super) status: Status,
    pub(super) baton: Arc<Condvar>,
    /// Spawned or woken, and not yet running: to be noted when it is.
    pub(super) is_woken: bool,
    /// An `unpark` that no `park` has used up yet.
    pub(super) unparked: bool,
    /// What it has polled since anything else happened.
    pub(super) polled: Polled,
    /// Waits for this thread to end.
    pub(super) joiners: Vec<(Id, Ticket)>,
    /// Set after a deadlock for threads whose scope unwinds: they go on without the baton, only to unwind.
    pub(super) released: bool,
    pub(super) waits_while_unwinding: u32,
}

#[derive(Debug)]
pub(super) enum Status {
    /// Known, but its operating system thread is not there yet.
    Unborn,
    /// In the ready queue, or running; says how its last wait ended.
    Able(Wake),
    Blocked {
        ticket: Ticket,
        cause: Cause,
        place: &'static Location<'static>,
    },
    Finished,
}

impl State {
    /// Knows the scenario's own thread, which runs.
    pub(super) fn new(log: Arc<Log>) -> Self {
        let mut root = Slot::new(Some("main".to_owned()));
        root.status = Status::Able(Wake::Unblocked);
        Self {
            log,
            now: Duration::ZERO,
            running: ROOT,
            threads: vec![root],
            ready: VecDeque::new(),
            deadlines: BinaryHeap::new(),
            last_ticket: 0,
            polling: Polling::default(),
            deadlock: None,
            is_over: false,
        }
    }

    pub(super) fn announce(&mut self, name: Option<String>) -> Id {
        self.threads.push(Slot::new(name));
        self.threads.len() - 1
    }

    pub(super) fn thread_name(&self, id: Id) -> String {
        self.threads[id].name.clone().unwrap_or_else(|| format!("thread {id}"))
    }

    /// Marks a thread as blocked. Without a timeout, or with one past the end of time, only `unblock` ends it.
    pub(super) fn begin_wait(
        &mut self,
        id: Id,
        cause: Cause,
        place: &'static Location<'static>,
        timeout: Option<Duration>,
    ) -> Ticket {
        self.last_ticket += 1;
        self.progress();
        let ticket = Ticket(self.last_ticket);
        let deadline = timeout.and_then(|timeout| self.now.checked_add(timeout)).filter(|at| *at < END_OF_TIME);
        let noted = match (&cause, deadline) {
            (Cause::Sleep, Some(until)) => Noted::Sleeps(until),
            (_, Some(until)) => Noted::WaitsUntil(self.awaited(&cause), until),
            (_, None) => Noted::Waits(self.awaited(&cause)),
        };
        self.note(id, noted);
        self.threads[id].status = Status::Blocked { ticket, cause, place };
        if let Some(at) = deadline {
            self.deadlines.push(Reverse((at, ticket.0, id)));
        }
        ticket
    }

    pub(super) fn make_ready(&mut self, id: Id, wake: Wake) {
        self.threads[id].status = Status::Able(wake);
        self.ready.push_back(id);
    }

    pub(super) fn unblock(&mut self, id: Id, ticket: Ticket) -> bool {
        let waits = self.waits_with(id, ticket.0);
        if waits {
            self.wake(id, Wake::Unblocked);
        }
        waits
    }

    /// Lets the next thread run: the first that is ready, else the first whose deadline comes.
    pub(super) fn pass_baton(&mut self) {
        while self.ready.is_empty() && self.advance_clock() {}
        let next = self.ready.pop_front();
        if next.is_none() && self.deadlock.is_none() {
            self.deadlock = Some(self.report());
        }
        match next {
            Some(next) if self.deadlock.is_none() => self.hand_to(next),
            _ => self.hand_to(ROOT),
        }
    }

    fn hand_to(&mut self, id: Id) {
        self.running = id;
        if std::mem::take(&mut self.threads[id].is_woken) {
            self.note(id, Noted::Runs);
        }
        self.threads[id].baton.notify_all();
    }

    /// Moves the clock to the earliest deadline that somebody still waits for, and makes ready all who wait for it.
    /// False when there is none.
    pub(super) fn advance_clock(&mut self) -> bool {
        let mut reached = None;
        while let Some(&Reverse((at, ticket, id))) = self.deadlines.peek() {
            if reached.is_some_and(|reached| at > reached) {
                break;
            }
            self.deadlines.pop();
            if self.waits_with(id, ticket) {
                if reached.is_none() {
                    self.note(id, Noted::Idle(at));
                }
                reached = Some(at);
                self.now = at;
                self.wake(id, Wake::TimedOut);
            }
        }
        if reached.is_some() {
            self.progress();
        }
        reached.is_some()
    }

    /// Notes a wait that is over as soon as it begins.
    pub(super) fn note_empty_wait(&mut self, id: Id, cause: &Cause) {
        self.note(id, Noted::WaitsUntil(self.awaited(cause), self.now));
        self.note(id, Noted::Woken(String::new()));
        self.threads[id].is_woken = true;
    }

    /// Notes something about a thread.
    pub(super) fn note(&self, id: Id, what: Noted) {
        self.log.note(self.now, &self.thread_name(id), what);
    }

    /// Ends a thread's wait, and notes who or what let it.
    pub(super) fn wake(&mut self, id: Id, wake: Wake) {
        let by = if wake == Wake::Unblocked { self.thread_name(self.running) } else { String::new() };
        self.note(id, Noted::Woken(by));
        self.threads[id].is_woken = true;
        self.make_ready(id, wake);
    }

    fn awaited(&self, cause: &Cause) -> String {
        match cause {
            Cause::Sleep => "the end of time".to_owned(),
            Cause::Park => "`unpark`".to_owned(),
            Cause::Join(other) => format!("the end of {}", self.thread_name(*other)),
            Cause::Named(name) => name.clone(),
        }
    }

    fn waits_with(&self, id: Id, waits_with: u64) -> bool {
        matches!(self.threads[id].status, Status::Blocked { ticket, .. } if ticket.0 == waits_with)
    }

    pub(super) fn report(&self) -> Deadlock {
        let waiting = self.threads.iter().enumerate().filter_map(|(id, slot)| {
            let (what, place, polls) = match &slot.status {
                Status::Blocked { cause, place, .. } => (self.awaited(cause), *place, 0),
                Status::Able(_) => {
                    let (call, times) = self.polled_most(id)?;
                    (format!("`{}`", call.name), call.place, times)
                }
                Status::Unborn | Status::Finished => return None,
            };
            Some(Waiting { thread: self.thread_name(id), what, place: place.to_string(), polls })
        });
        Deadlock { at: self.now, waiting: waiting.collect() }
    }
}

impl Slot {
    fn new(name: Option<String>) -> Self {
        Self {
            name,
            status: Status::Unborn,
            baton: Arc::default(),
            is_woken: false,
            unparked: false,
            polled: Polled::default(),
            joiners: Vec::new(),
            released: false,
            waits_while_unwinding: 0,
        }
    }
}
