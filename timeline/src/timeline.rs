//! What happened, in order, and its text.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::time::Duration;

use crate::event::Event;
use crate::parse_error::ParseError;
use crate::trace::TraceEvent;

/// What happened, and when: the events of one simulation in the order in which they were recorded.
///
/// Its text has one event per line, as [`Event`] writes it, without a line break at the end. [`FromStr`] parses it
/// again. So any code can make a timeline of its own: a test that must not trust the code under test takes none from
/// it.
///
/// ```
/// use std::time::Duration;
/// use timeline::{record, simulate, thread};
///
/// let timeline = simulate(|| {
///     record("Task 1", "started");
///     thread::sleep(Duration::from_secs(3));
///     record("Task 1", "finished");
/// });
/// assert_eq!(timeline.to_string(), "     0 ms  Task 1  started\n  3000 ms  Task 1  finished");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    events: Vec<Event>,
    trace: Vec<TraceEvent>,
}

/// Ignores the trace, which is no part of what a program promises.
impl PartialEq for Timeline {
    fn eq(&self, other: &Self) -> bool {
        self.events == other.events
    }
}

impl Eq for Timeline {}

impl Hash for Timeline {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.events.hash(state);
    }
}

impl Timeline {
    pub(crate) fn new((events, trace): (Vec<Event>, Vec<TraceEvent>)) -> Self {
        Self { events, trace }
    }

    /// What the simulation noticed in addition to the events, in order. It appears in no text, and does not count when
    /// timelines are compared.
    #[must_use]
    pub fn trace(&self) -> &[TraceEvent] {
        &self.trace
    }

    /// The events, in the order in which they were recorded: their times never decrease.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The time of the last event, or zero when nothing was recorded.
    #[must_use]
    pub fn end(&self) -> Duration {
        self.events.last().map_or(Duration::ZERO, |event| event.at)
    }

    /// Whether nothing was recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The same events with those of one instant grouped by task, tasks in the order of their names.
    ///
    /// Programs often do not promise which of two threads goes first at one instant. In canonical order, timelines that
    /// differ only in that are equal. The events of one task at one instant keep their order.
    ///
    /// ```
    /// use timeline::Timeline;
    ///
    /// let timeline: Timeline = "     0 ms  b  started\n     0 ms  a  started\n     0 ms  b  finished".parse()?;
    /// let canonical = timeline.canonical().to_string();
    /// assert_eq!(canonical, "     0 ms  a  started\n     0 ms  b  started\n     0 ms  b  finished");
    /// # Ok::<(), timeline::ParseError>(())
    /// ```
    #[must_use]
    pub fn canonical(mut self) -> Self {
        self.events.sort_by(|a, b| (a.at, &a.task).cmp(&(b.at, &b.task)));
        self
    }
}

impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, event) in self.events.iter().enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            write!(f, "{line_break}{event}")?;
        }
        Ok(())
    }
}

impl FromStr for Timeline {
    type Err = ParseError;

    /// Parses the text of a timeline. Lines may end as on any system; a line break at the end is optional.
    ///
    /// # Errors
    ///
    /// [`ParseError::Line`] names the first line that is not an event.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let events = text.lines().enumerate().map(|(index, line)| {
            line.parse().map_err(|reason| ParseError::Line { line: index + 1, reason: Box::new(reason) })
        });
        Ok(Self { events: events.collect::<Result<_, _>>()?, trace: Vec::new() })
    }
}
