//! Where a simulation's events and notes are kept while it runs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::event::Event;
use crate::note::{Note, Noted};

/// Events after which a simulation is taken for one that never ends.
const MOST_EVENTS: usize = 100_000;

/// Notes after which no more are taken: nobody looks at a picture of that many.
const MOST_NOTES: usize = 2000;

/// Characters of a name that a note keeps.
const LONGEST_NAME: usize = 60;

/// Characters of what somebody waits for.
const LONGEST_WAIT: usize = 200;

/// The events and notes of one simulation, and of the one around it when there is one.
#[derive(Debug, Default)]
pub(crate) struct Log {
    kept: Mutex<Kept>,
    /// When this simulation began, on the clock of the one around it.
    start: Duration,
    around: Option<Arc<Log>>,
}

#[derive(Debug, Default)]
struct Kept {
    events: Vec<Event>,
    notes: Vec<Note>,
    /// The task for which each thread has recorded last.
    tasks: HashMap<String, String>,
}

impl Log {
    /// The log of a simulation that begins at `start` of the one that `around` belongs to.
    #[cfg(feature = "tokio")]
    pub(crate) fn within(around: Arc<Self>, start: Duration) -> Self {
        Self { kept: Mutex::default(), start, around: Some(around) }
    }

    /// Adds an event that `by` recorded, `at` after this simulation began.
    ///
    /// # Panics
    ///
    /// When there are too many events for a simulation that ends.
    pub(crate) fn push(&self, at: Duration, by: &str, task: String, what: String) {
        let event = Event { at: self.start + at, task, what };
        if let Some(around) = &self.around {
            around.push(event.at, by, event.task.clone(), event.what.clone());
        }
        let mut kept = self.lock();
        let room = kept.events.len() < MOST_EVENTS;
        if room {
            kept.follow(by, &event.task);
            kept.events.push(event);
        }
        drop(kept);
        assert!(room, "more than {MOST_EVENTS} events were recorded: does something repeat for ever?");
    }

    /// Adds a note about `lane`, while there is room.
    pub(crate) fn note(&self, at: Duration, lane: &str, what: Noted) {
        let at = self.start + at;
        let what = match what {
            Noted::Sleeps(until) => Noted::Sleeps(self.start + until),
            Noted::Idle(until) => Noted::Idle(self.start + until),
            // A learner's thread can have a name of any length, and what it waits for can hold one.
            Noted::Spawned(by) => Noted::Spawned(shortened(&by)),
            Noted::Waits(what) => Noted::Waits(what.chars().take(LONGEST_WAIT).collect()),
            Noted::WaitsUntil(what, until) => {
                Noted::WaitsUntil(what.chars().take(LONGEST_WAIT).collect(), self.start + until)
            }
            Noted::Woken(by) => Noted::Woken(shortened(&by)),
            other => other,
        };
        if let Some(around) = &self.around {
            around.note(at, lane, what.clone());
        }
        let mut kept = self.lock();
        if kept.notes.len() < MOST_NOTES {
            let task = kept.tasks.get(lane).cloned().unwrap_or_default();
            let note = Note { at, after: kept.events.len(), lane: shortened(lane), task, what };
            kept.notes.push(note);
        }
    }

    /// The events and the notes.
    pub(crate) fn take(&self) -> (Vec<Event>, Vec<Note>) {
        let mut kept = self.lock();
        (std::mem::take(&mut kept.events), std::mem::take(&mut kept.notes))
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Remembers for whom a thread speaks, as long as that can appear in a note.
    fn follow(&mut self, by: &str, task: &str) {
        if self.notes.len() >= MOST_NOTES {
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
