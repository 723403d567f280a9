//! Why a text could not be parsed.

/// Why a text is not the text of an [`Event`](crate::Event), a [`Timeline`](crate::Timeline) or a
/// [`TraceEvent`](crate::TraceEvent).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// A line of a timeline is not an event.
    #[error("line {line}: {reason}")]
    Line {
        /// Counted from one.
        line: usize,
        /// What is wrong with it.
        reason: Box<ParseError>,
    },
    /// The line does not begin with a time.
    #[error("an event begins with its time, as in `  3000 ms  Task 1  finished`")]
    NoTime,
    /// The line does not name both a task and what happened to it.
    #[error("after its time an event names its task, two spaces, and what happened")]
    NoTask,
    /// The time is not a number of milliseconds with at most six digits after the point.
    #[error("`{0}` is not a time in milliseconds")]
    BadTime(String),
    /// A backslash is followed by something that `Display` never writes.
    #[error("`{0}` has an unknown escape")]
    BadEscape(String),
    /// The line is not a trace event.
    #[error("`{0}` is not a trace event")]
    BadTraceEvent(String),
}
