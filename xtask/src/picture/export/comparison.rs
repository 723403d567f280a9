//! The two runs that a picture shows.

use timeline::{Event, TraceEvent};

/// One run as it was seen, and as it was expected.
#[derive(Debug, Clone, Copy)]
pub struct Comparison<'a> {
    /// `Quest 1, concurrent_async_takes_the_longest`
    pub title: &'a str,
    /// What the test is about, in a sentence; it may be empty.
    pub says: &'a str,
    pub expected: RunView<'a>,
    pub seen: RunView<'a>,
}

/// What is known of a run.
#[derive(Debug, Clone, Copy, Default)]
pub struct RunView<'a> {
    pub events: &'a [Event],
    /// What the clock noted meanwhile. Of what was expected, these are one correct program's.
    pub trace: &'a [TraceEvent],
}

impl<'a> Comparison<'a> {
    pub fn is_same(&self) -> bool {
        self.expected.events == self.seen.events
    }

    /// The runs to show with their names, what was seen first; only that if both are equal.
    pub fn sides(&self) -> Vec<(&'static str, RunView<'a>)> {
        let expected = (!self.is_same()).then_some(("expected", self.expected));
        [("seen", self.seen)].into_iter().chain(expected).collect()
    }
}

/// A story of two runs of which nothing was noted.
#[cfg(test)]
pub fn compare<'a>(title: &'a str, expected: &'a [Event], seen: &'a [Event]) -> Comparison<'a> {
    let compare = |events| RunView { events, trace: &[] };
    Comparison { title, says: "", expected: compare(expected), seen: compare(seen) }
}

#[cfg(test)]
pub fn events(text: &str) -> Vec<Event> {
    text.parse::<timeline::Timeline>().expect("a timeline").events().to_vec()
}
