//! tokio's paused clock, as the rest of this crate sees it.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{self, Waker};
use std::time::Duration;

use tokio::runtime::{self, Handle};
use tokio::time::Instant;

use crate::deadlock::{Deadlock, Waiting};
use crate::location::SourceLocation;
use crate::log::Log;
use crate::scheduler::{ApiCall, CallCounts, CallKind, SpinTracker};
use crate::trace::TraceKind;

/// The runtimes that `simulate_async` has built, so that the threads of their blocking pools find their clock.
static RUNTIMES: Mutex<Vec<(runtime::Id, Weak<PausedClock>)>> = Mutex::new(Vec::new());

/// The name of the program's own future in the trace.
const MAIN: &str = "main";

/// The clock and the log of one `simulate_async`.
#[derive(Debug)]
pub(crate) struct PausedClock {
    start: Instant,
    pub(crate) log: Arc<Log>,
    /// The time when the clock was last read.
    seen: Mutex<Duration>,
    spin: Mutex<TaskSpin>,
}

/// What the tasks of one runtime poll, as opposed to await.
#[derive(Debug, Default)]
struct TaskSpin {
    tracker: SpinTracker,
    counts: CallCounts,
    /// The time of the last call: when the clock moves, that is progress.
    at: Duration,
    deadlock: Option<Deadlock>,
}

/// The name of what is running: a task of the runtime, or the program itself.
pub(crate) fn current_name() -> String {
    tokio::task::try_id().map_or_else(|| MAIN.to_owned(), |id| format!("task {id}"))
}

impl PausedClock {
    /// The clock of the runtime that the calling thread has entered, if `simulate_async` built that runtime.
    pub(crate) fn of_current_runtime() -> Option<Arc<Self>> {
        let current = Handle::try_current().ok()?.id();
        let runtimes = RUNTIMES.lock().unwrap_or_else(PoisonError::into_inner);
        runtimes.iter().find(|(id, _)| *id == current).and_then(|(_, clock)| clock.upgrade())
    }

    /// Registers the clock of a runtime that is about to run, for the runtime's other threads.
    pub(crate) fn register(runtime: &runtime::Runtime) -> Arc<Self> {
        let _entered = runtime.enter();
        let clock = Arc::new(Self {
            start: Instant::now(),
            log: Arc::default(),
            seen: Mutex::default(),
            spin: Mutex::default(),
        });
        let mut runtimes = RUNTIMES.lock().unwrap_or_else(PoisonError::into_inner);
        runtimes.retain(|(_, clock)| clock.strong_count() > 0);
        runtimes.push((runtime.handle().id(), Arc::downgrade(&clock)));
        clock
    }

    /// Virtual time since the program began.
    pub(crate) fn now(&self) -> Duration {
        Instant::now() - self.start
    }

    pub(crate) fn record(&self, task: String, what: String) {
        self.follow_clock();
        self.progress();
        self.log.push(self.now(), &current_name(), task, what);
    }

    /// Traces something about `lane`, or else about the running task.
    pub(crate) fn trace(&self, lane: Option<&str>, kind: TraceKind) {
        self.follow_clock();
        self.log.trace(self.now(), lane.unwrap_or(&current_name()), kind);
    }

    /// Sleeps without letting any task run: the clock moves, and the event loop stands still.
    pub(crate) fn sleep(&self, duration: Duration, location: SourceLocation) {
        if duration.is_zero() {
            self.count(ApiCall { name: "sleep", location }, CallKind::Poll);
            return;
        }
        self.trace(None, TraceKind::Blocks(self.now().saturating_add(duration)));
        advance(duration);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = self.now();
    }

    /// Something has changed that a polling task may be waiting for.
    pub(crate) fn progress(&self) {
        self.spin().tracker.progress();
    }

    /// Counts a call that had nothing for its caller. No other task can run before the running one awaits something, so
    /// a task that polls without end is reported.
    ///
    /// # Panics
    ///
    /// With the report.
    pub(crate) fn count(&self, call: ApiCall, kind: CallKind) {
        let now = self.now();
        let mut guard = self.spin();
        let spin = &mut *guard;
        if spin.at != now {
            spin.at = now;
            spin.tracker.progress();
        }
        spin.tracker.count(&mut spin.counts, call, kind);
        if !spin.tracker.is_endless() || std::thread::panicking() {
            return;
        }
        let report = spin.report(now);
        let message = report.to_string();
        spin.deadlock = Some(report);
        drop(guard);
        panic!("{message}");
    }

    /// The report of a task that polled without end, even if its panic was caught.
    pub(crate) fn deadlock(&self) -> Option<Deadlock> {
        self.spin().deadlock.clone()
    }

    /// tokio moves its clock without telling anybody. Whoever reads it next finds it moved; until then no task ran.
    fn follow_clock(&self) {
        let now = self.now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen < now {
            self.log.trace(*seen, MAIN, TraceKind::Idle(now));
            *seen = now;
        }
    }

    fn spin(&self) -> MutexGuard<'_, TaskSpin> {
        self.spin.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TaskSpin {
    fn report(&self, now: Duration) -> Deadlock {
        let polled = self.counts.most_frequent(&self.tracker).map(|(call, polls)| Waiting {
            thread: current_name(),
            what: format!("`{}`", call.name),
            location: call.location.to_string(),
            polls,
        });
        Deadlock { at: now, waiting: polled.into_iter().collect() }
    }
}

/// Moves the paused clock of the current runtime without letting any task run.
pub(crate) fn advance(duration: Duration) {
    let advance = pin!(tokio::time::advance(duration));
    // The first poll moves the clock. Then tokio yields, for the sake of async callers, so the rest is left out.
    let _ = advance.poll(&mut task::Context::from_waker(Waker::noop()));
}
