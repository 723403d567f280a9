//! Counts the calls of threads that poll and never wait.
//!
//! A call that has nothing for its caller is a *poll*. A call that may or may not be part of a polling loop, such as
//! `Instant::now`, is a *check*. The scheduler decides what follows from the counts.

use crate::location::SourceLocation;

/// Checks that a thread may make before it has to yield.
const CHECKS_BEFORE_YIELD: u32 = 200;

/// How many checks count as much as one poll: so many that a program must make a million of them, and nothing else.
const CHECKS_PER_POLL: u64 = 20;

/// Polls, by all threads and without any progress, after which there will never be any.
const MAX_POLLS: u64 = 50_000;

/// How many different calls of one loop are told apart.
const MAX_CALLS: usize = 8;

/// A call that can be part of a polling loop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ApiCall {
    /// The name under which its caller knows it, such as `try_recv`.
    pub(crate) name: &'static str,
    pub(crate) location: SourceLocation,
}

/// What a call says about its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallKind {
    Poll,
    /// A poll by a task of an event loop, which may let others run between two of them.
    #[cfg_attr(not(feature = "tokio"), expect(dead_code, reason = "only tasks on tokio's clock make these"))]
    TaskPoll,
    Check,
}

impl CallKind {
    /// How many checks it counts for.
    fn weight(self) -> u64 {
        match self {
            Self::Poll => CHECKS_PER_POLL,
            Self::TaskPoll => CHECKS_PER_POLL / 2,
            Self::Check => 1,
        }
    }
}

/// All polls and checks of a simulation since it last made progress.
#[derive(Debug, Default)]
pub(crate) struct SpinTracker {
    /// Counts the steps of progress.
    epoch: u64,
    /// Turns since the last progress, or since the clock was last asked to move on.
    pub(super) turns: usize,
    /// The weight of all calls since the last progress, in checks.
    weight: u64,
}

/// The polls and checks of one thread.
#[derive(Debug, Default)]
pub(crate) struct CallCounts {
    /// The epoch in which these calls were made.
    epoch: u64,
    calls: Vec<(ApiCall, u64)>,
    /// Checks since the thread last yielded.
    checks: u32,
}

impl SpinTracker {
    /// Something other than a poll or a check has happened.
    pub(crate) fn progress(&mut self) {
        *self = Self { epoch: self.epoch + 1, turns: 0, weight: 0 };
    }

    /// Counts a call of the thread that `counts` belongs to.
    pub(crate) fn count(&mut self, counts: &mut CallCounts, call: ApiCall, kind: CallKind) {
        self.weight += kind.weight();
        counts.add(self.epoch, call, kind);
    }

    /// Whether there have been so many polls that nothing but the clock can still help.
    pub(crate) fn is_endless(&self) -> bool {
        self.weight >= MAX_POLLS * CHECKS_PER_POLL
    }
}

impl CallCounts {
    /// Whether the thread has made so many checks that it has to yield.
    pub(super) fn must_yield(&self) -> bool {
        self.checks >= CHECKS_BEFORE_YIELD
    }

    pub(super) fn has_yielded(&mut self) {
        self.checks = 0;
    }

    /// The call that the thread has made most often since the last progress, and how often.
    pub(crate) fn most_frequent(&self, tracker: &SpinTracker) -> Option<(ApiCall, u64)> {
        let is_current = self.epoch == tracker.epoch;
        // `max_by_key` returns the last of several; reversed, that is the first.
        self.calls.iter().rev().filter(|_| is_current).max_by_key(|(_, times)| *times).copied()
    }

    fn add(&mut self, epoch: u64, call: ApiCall, kind: CallKind) {
        if self.epoch != epoch {
            self.epoch = epoch;
            self.checks = 0;
            self.calls.clear();
        }
        self.checks += u32::from(kind == CallKind::Check);
        let is_same = |known: &ApiCall| known.name == call.name && known.location == call.location;
        if let Some((_, times)) = self.calls.iter_mut().find(|(known, _)| is_same(known)) {
            *times += 1;
        } else if self.calls.len() < MAX_CALLS {
            self.calls.push((call, 1));
        }
    }
}
