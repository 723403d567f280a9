//! Collects a simulation's events and trace while it runs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::event::Event;
use crate::trace::{TraceEvent, TraceKind};

/// A simulation with more events than this is assumed never to end.
const MAX_EVENTS: usize = 100_000;

/// Later trace events are dropped: nobody looks at a picture of that many.
const MAX_TRACE_EVENTS: usize = 2000;

/// Names in a trace are cut to this many characters.
const LONGEST_NAME: usize = 60;

/// What a trace says about waits is cut to this many characters.
const LONGEST_WAIT: usize = 200;

/// The events and the trace of one simulation, which also belong to the simulation around it, if there is one.
#[derive(Debug, Default)]
pub(crate) struct Log {
    state: Mutex<LogState>,
    /// When this simulation began, on its parent's clock.
    start: Duration,
    parent: Option<Arc<Log>>,
}

#[derive(Debug, Default)]
struct LogState {
    events: Vec<Event>,
    trace: Vec<TraceEvent>,
    /// The task of the last event that each thread has recorded.
    tasks: HashMap<String, String>,
}

impl Log {
    /// The log of a simulation inside another, whose log is `parent`. It begins at `start` on that one's clock.
    #[cfg(feature = "tokio")]
    pub(crate) fn within(parent: Arc<Self>, start: Duration) -> Self {
        Self { state: Mutex::default(), start, parent: Some(parent) }
    }

    /// Adds an event that `by` recorded, `at` after this simulation began.
    ///
    /// # Panics
    ///
    /// When there are more than [`MAX_EVENTS`].
    pub(crate) fn push(&self, at: Duration, by: &str, task: String, what: String) {
        let event = Event { at: self.start + at, task, what };
        if let Some(parent) = &self.parent {
            parent.push(event.at, by, event.task.clone(), event.what.clone());
        }
        let mut state = self.lock();
        let has_room = state.events.len() < MAX_EVENTS;
        if has_room {
            state.follow(by, &event.task);
            state.events.push(event);
        }
        drop(state);
        assert!(has_room, "more than {MAX_EVENTS} events were recorded: does something repeat for ever?");
    }

    /// Adds something about `lane` to the trace while there is room.
    pub(crate) fn trace(&self, at: Duration, lane: &str, what: TraceKind) {
        let at = self.start + at;
        let what = match what {
            TraceKind::Sleeps(until) => TraceKind::Sleeps(self.start + until),
            TraceKind::Idle(until) => TraceKind::Idle(self.start + until),
            // Threads can have names of any length, and what a thread waits for can contain one.
            TraceKind::Spawned(by) => TraceKind::Spawned(shortened(&by)),
            TraceKind::Waits(what) => TraceKind::Waits(what.chars().take(LONGEST_WAIT).collect()),
            TraceKind::WaitsUntil(what, until) => {
                TraceKind::WaitsUntil(what.chars().take(LONGEST_WAIT).collect(), self.start + until)
            }
            TraceKind::Woken(by) => TraceKind::Woken(shortened(&by)),
            other => other,
        };
        if let Some(parent) = &self.parent {
            parent.trace(at, lane, what.clone());
        }
        let mut state = self.lock();
        if state.trace.len() < MAX_TRACE_EVENTS {
            let task = state.tasks.get(lane).cloned().unwrap_or_default();
            let event = TraceEvent { at, after: state.events.len(), lane: shortened(lane), task, what };
            state.trace.push(event);
        }
    }

    /// Takes the events and the trace.
    pub(crate) fn take(&self) -> (Vec<Event>, Vec<TraceEvent>) {
        let mut state = self.lock();
        (std::mem::take(&mut state.events), std::mem::take(&mut state.trace))
    }

    fn lock(&self) -> MutexGuard<'_, LogState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LogState {
    /// Remembers the task of a thread's last event as long as that can appear in the trace.
    fn follow(&mut self, by: &str, task: &str) {
        if self.trace.len() >= MAX_TRACE_EVENTS {
            return;
        }
        let task = shortened(task);
        if let Some(known) = self.tasks.get_mut(by) {
            *known = task;
        } else {
            self.tasks.insert(by.to_owned(), task);
        }
    }
}

fn shortened(name: &str) -> String {
    name.chars().take(LONGEST_NAME).collect()
}
