//! Threads that ask again and again, and never wait.
//!
//! A call that has nothing for its caller lets all others go first. When all that are ready only poll, the clock moves
//! on to the next deadline, as it would for real threads, which take time to find nothing to do. When there is no
//! deadline either, nothing can happen any more, which is reported as a deadlock is.

use std::panic::Location;

use super::Id;
use super::Wake;
use super::state::{State, Status};

/// Turns of each ready thread that does nothing but poll, after which the clock moves on.
const IDLE_TURNS: usize = 100;

/// Calls that may or may not be part of a loop that polls, after which they count as such.
const LOOKS: u32 = 200;

/// A thread that looks `LOOKS` times has taken so many turns.
const TURNS_OF_LOOKS: usize = 10;

/// Calls that found nothing, by all threads and since anything else happened, after which nothing ever will.
const MOST_POLLS: u64 = 50_000;

/// As many looks weigh as much as one call that found nothing.
const LOOKS_PER_POLL: u64 = 5;

/// Different calls of one loop that are told apart.
const MOST_CALLS: usize = 8;

/// A call that can be part of a loop that polls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    /// As its caller wrote it: `try_recv`.
    pub(crate) name: &'static str,
    pub(crate) place: &'static Location<'static>,
}

/// Polling since anything else happened.
#[derive(Debug, Default)]
pub(super) struct Polling {
    /// Counts whatever ends it.
    changes: u64,
    /// Turns since then, or since the clock was last asked to move on.
    turns: usize,
    /// Calls since then, in looks.
    looks: u64,
}

/// What one thread has polled.
#[derive(Debug, Default)]
pub(super) struct Polled {
    /// The number of the last change before these calls.
    change: u64,
    calls: Vec<(Call, u64)>,
    /// Looks since the thread last let others go first.
    looks: u32,
}

impl State {
    /// Something else than polling has happened.
    pub(super) fn progress(&mut self) {
        self.polling = Polling { changes: self.polling.changes + 1, turns: 0, looks: 0 };
    }

    /// The running thread has called something that had nothing for it: puts it behind all that are ready.
    pub(super) fn poll(&mut self, id: Id, call: Call) {
        self.count(id, call, LOOKS_PER_POLL);
        self.let_others_go(id, 1);
    }

    /// The running thread has looked at something that may stay as it is. True when it has to let others go first.
    pub(super) fn look(&mut self, id: Id, call: Call) -> bool {
        self.count(id, call, 1);
        let looks = &mut self.threads[id].polled.looks;
        *looks += 1;
        let many = *looks >= LOOKS;
        if many {
            self.let_others_go(id, TURNS_OF_LOOKS);
        }
        many
    }

    /// The call that a thread has made most often since anything else happened, and how often.
    pub(super) fn polled_most(&self, id: Id) -> Option<(Call, u64)> {
        let polled = &self.threads[id].polled;
        let current = polled.change == self.polling.changes;
        // The first of several, as `max_by_key` would take the last.
        polled.calls.iter().rev().filter(|_| current).max_by_key(|(_, times)| *times).copied()
    }

    fn count(&mut self, id: Id, call: Call, looks: u64) {
        self.polling.looks += looks;
        let changes = self.polling.changes;
        let polled = &mut self.threads[id].polled;
        if polled.change != changes {
            *polled = Polled { change: changes, calls: std::mem::take(&mut polled.calls), looks: 0 };
            polled.calls.clear();
        }
        let same = |known: &Call| known.name == call.name && known.place == call.place;
        if let Some((_, times)) = polled.calls.iter_mut().find(|(known, _)| same(known)) {
            *times += 1;
        } else if polled.calls.len() < MOST_CALLS {
            polled.calls.push((call, 1));
        }
    }

    fn let_others_go(&mut self, id: Id, turns: usize) {
        self.threads[id].polled.looks = 0;
        self.threads[id].status = Status::Able(Wake::Unblocked);
        self.ready.push_back(id);
        self.polling.turns += turns;
        let is_hopeless = self.polling.looks >= MOST_POLLS * LOOKS_PER_POLL;
        if self.polling.turns <= IDLE_TURNS * self.ready.len() && !is_hopeless {
            return;
        }
        self.polling.turns = 0;
        if !self.advance_clock() && is_hopeless {
            self.deadlock = Some(self.report());
        }
    }
}
