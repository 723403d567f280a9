//! Where a simulation's events are kept while it runs.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::event::Event;

/// Events after which a simulation is taken for one that never ends.
const MOST_EVENTS: usize = 100_000;

/// The events of one simulation, and of the one around it when there is one.
#[derive(Debug, Default)]
pub(crate) struct Log {
    events: Mutex<Vec<Event>>,
    /// When this simulation began, on the clock of the one around it.
    start: Duration,
    around: Option<Arc<Log>>,
}

impl Log {
    /// The log of a simulation that begins at `start` of the one that `around` belongs to.
    #[cfg(feature = "tokio")]
    pub(crate) fn within(around: Arc<Self>, start: Duration) -> Self {
        Self { events: Mutex::default(), start, around: Some(around) }
    }

    /// Adds an event, `at` after this simulation began.
    ///
    /// # Panics
    ///
    /// When there are too many events for a simulation that ends.
    pub(crate) fn push(&self, at: Duration, task: String, what: String) {
        let event = Event { at: self.start + at, task, what };
        if let Some(around) = &self.around {
            around.push(event.at, event.task.clone(), event.what.clone());
        }
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let room = events.len() < MOST_EVENTS;
        if room {
            events.push(event);
        }
        drop(events);
        assert!(room, "more than {MOST_EVENTS} events were recorded: does something repeat for ever?");
    }

    pub(crate) fn take(&self) -> Vec<Event> {
        std::mem::take(&mut self.events.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
