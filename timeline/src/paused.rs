//! tokio's paused clock, as the rest of this crate sees it.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{self, Waker};
use std::time::Duration;

use tokio::runtime::{self, Handle};
use tokio::time::Instant;

use crate::log::Log;
use crate::note::Noted;

/// The runtimes that `simulate_async` has built, so that their `spawn_blocking` threads find their clock.
static RUNTIMES: Mutex<Vec<(runtime::Id, Weak<Paused>)>> = Mutex::new(Vec::new());

/// The clock and the events of one `simulate_async`.
#[derive(Debug)]
pub(crate) struct Paused {
    start: Instant,
    pub(crate) log: Arc<Log>,
    /// The time at which anything was last noticed.
    seen: Mutex<Duration>,
}

/// What the scenario's own future is called in notes.
const SCENARIO: &str = "main";

/// Who runs: a task of the runtime, or the scenario itself.
pub(crate) fn actor() -> String {
    tokio::task::try_id().map_or_else(|| SCENARIO.to_owned(), |id| format!("task {id}"))
}

impl Paused {
    /// The clock of the runtime that the calling thread has entered, if `simulate_async` built it.
    pub(crate) fn of_current_runtime() -> Option<Arc<Self>> {
        let current = Handle::try_current().ok()?.id();
        let runtimes = RUNTIMES.lock().unwrap_or_else(PoisonError::into_inner);
        runtimes.iter().find(|(id, _)| *id == current).and_then(|(_, paused)| paused.upgrade())
    }

    /// Virtual time since the scenario began.
    pub(crate) fn now(&self) -> Duration {
        Instant::now() - self.start
    }

    pub(crate) fn record(&self, task: String, what: String) {
        self.follow_clock();
        self.log.push(self.now(), &actor(), task, what);
    }

    /// Notes something about `lane`, or about the task that runs.
    pub(crate) fn note(&self, lane: Option<&str>, what: Noted) {
        self.follow_clock();
        self.log.note(self.now(), lane.unwrap_or(&actor()), what);
    }

    /// Sleeps without letting any task run: the clock moves, and the loop stands still.
    pub(crate) fn block(&self, duration: Duration) {
        self.note(None, Noted::Blocks(self.now().saturating_add(duration)));
        advance(duration);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = self.now();
    }

    /// tokio moves its clock unseen: whoever looks next finds it moved, and nobody can have run meanwhile.
    fn follow_clock(&self) {
        let now = self.now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen < now {
            self.log.note(*seen, SCENARIO, Noted::Idle(now));
            *seen = now;
        }
    }

    /// The clock of a runtime that is about to run, which knows its other threads from now on.
    pub(crate) fn register(runtime: &runtime::Runtime) -> Arc<Self> {
        let _entered = runtime.enter();
        let paused = Arc::new(Self { start: Instant::now(), log: Arc::default(), seen: Mutex::default() });
        let mut runtimes = RUNTIMES.lock().unwrap_or_else(PoisonError::into_inner);
        runtimes.retain(|(_, paused)| paused.strong_count() > 0);
        runtimes.push((runtime.handle().id(), Arc::downgrade(&paused)));
        paused
    }
}

/// Moves the paused clock of the current runtime without letting any task run.
pub(crate) fn advance(duration: Duration) {
    let advance = pin!(tokio::time::advance(duration));
    // The first poll moves the clock. What tokio does afterwards, a yield, is for async callers, so it is left out.
    let _ = advance.poll(&mut task::Context::from_waker(Waker::noop()));
}
