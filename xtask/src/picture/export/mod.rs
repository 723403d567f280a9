//! The picture in other forms: [`svg`], [`mermaid`], [`perfetto`], and [`html`], a page to step through.

mod html;
mod layout;
mod mermaid;
mod perfetto;
mod svg;

pub use html::html;
pub use mermaid::mermaid;
pub use perfetto::perfetto;
pub use svg::svg;

use timeline::{Event, TraceEvent};

/// One run as it was seen, and as it was expected.
#[derive(Debug, Clone, Copy)]
pub struct Story<'a> {
    /// `Quest 1, concurrent_async_takes_the_longest`
    pub title: &'a str,
    /// What the test is about, in a sentence; it may be empty.
    pub says: &'a str,
    pub expected: Told<'a>,
    pub seen: Told<'a>,
}

/// What is known of a run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Told<'a> {
    pub events: &'a [Event],
    /// What the clock noted meanwhile. Of what was expected, these are one correct program's.
    pub notes: &'a [TraceEvent],
}

impl<'a> Story<'a> {
    fn is_same(&self) -> bool {
        self.expected.events == self.seen.events
    }

    /// The runs to show with their names, what was seen first; only that if both are equal.
    fn sides(&self) -> Vec<(&'static str, Told<'a>)> {
        let expected = (!self.is_same()).then_some(("expected", self.expected));
        [("seen", self.seen)].into_iter().chain(expected).collect()
    }
}

/// Text between tags or in an attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // No form of these is allowed in XML.
            c if c.is_control() && c != '\n' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A story of two runs of which nothing was noted.
#[cfg(test)]
fn told<'a>(title: &'a str, expected: &'a [Event], seen: &'a [Event]) -> Story<'a> {
    let told = |events| Told { events, notes: &[] };
    Story { title, says: "", expected: told(expected), seen: told(seen) }
}

#[cfg(test)]
pub(super) fn events(text: &str) -> Vec<Event> {
    text.parse::<timeline::Timeline>().expect("a timeline").events().to_vec()
}
