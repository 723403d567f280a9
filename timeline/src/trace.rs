//! The trace: what the simulation itself notices, in addition to what is recorded.

use std::cell::RefCell;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::event::{Escaped, Milliseconds, parse_milliseconds, unescape};
use crate::parse_error::ParseError;

/// Something that the simulation itself noticed. Nobody records it, and no verdict depends on it.
///
/// Its text is one line, which [`FromStr`] parses again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraceEvent {
    /// Time since the start of the simulation.
    pub at: Duration,
    /// How many events had been recorded before it.
    pub after: usize,
    /// The thread, task of the runtime, or probe that it is about.
    pub lane: String,
    /// The task of the last event that `lane` recorded; empty if it has recorded none.
    pub task: String,
    /// What happened.
    pub what: TraceKind,
}

/// What a simulation notices.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TraceKind {
    /// The thread was spawned, by the thread of this name.
    Spawned(String),
    /// The thread has ended.
    Ended,
    /// It sleeps until this time.
    Sleeps(Duration),
    /// It waits for something, such as `a message from a channel`.
    Waits(String),
    /// It waits for something, but no longer than until this time.
    WaitsUntil(String, Duration),
    /// Its wait has ended: the thread of this name ended it, or the clock if the name is empty.
    Woken(String),
    /// It runs.
    Runs,
    /// It blocks its event loop until this time: nothing else on that thread can run.
    Blocks(Duration),
    /// Nothing could run before this time, so the clock jumped to it.
    Idle(Duration),
    /// A poll of a probe began.
    Polled,
    /// A poll of a probe ended. True if its future was ready.
    PollEnded(bool),
}

thread_local! {
    static TRACES: RefCell<Vec<Vec<TraceEvent>>> = const { RefCell::new(Vec::new()) };
}

/// Takes the traces of the simulations that have ended on this thread since the last call, in order.
///
/// ```
/// use std::time::Duration;
/// use timeline::{TraceKind, simulate, thread};
///
/// simulate(|| thread::sleep(Duration::from_secs(3)));
/// let trace = timeline::take_traces().remove(0);
/// assert_eq!(trace[0].what, TraceKind::Sleeps(Duration::from_secs(3)));
/// ```
#[must_use]
pub fn take_traces() -> Vec<Vec<TraceEvent>> {
    TRACES.take()
}

/// Stores the trace of a simulation that has ended on this thread, however it ended.
pub(crate) fn store(trace: &[TraceEvent]) {
    /// Traces of later simulations are not kept: no test needs that many.
    const MAX_RUNS: usize = 100;
    TRACES.with_borrow_mut(|runs| {
        if runs.len() < MAX_RUNS {
            runs.push(trace.to_vec());
        }
    });
}

impl TraceKind {
    /// The word, time and name that represent it in text.
    fn parts(&self) -> (&'static str, Duration, &str) {
        match self {
            Self::Spawned(by) => ("spawned", Duration::ZERO, by),
            Self::Ended => ("ended", Duration::ZERO, ""),
            Self::Sleeps(until) => ("sleeps", *until, ""),
            Self::Waits(what) => ("waits", Duration::ZERO, what),
            Self::WaitsUntil(what, until) => ("waits-until", *until, what),
            Self::Woken(by) => ("woken", Duration::ZERO, by),
            Self::Runs => ("runs", Duration::ZERO, ""),
            Self::Blocks(until) => ("blocks", *until, ""),
            Self::Idle(until) => ("idle", *until, ""),
            Self::Polled => ("polled", Duration::ZERO, ""),
            Self::PollEnded(false) => ("pending", Duration::ZERO, ""),
            Self::PollEnded(true) => ("ready", Duration::ZERO, ""),
        }
    }

    fn from_parts(word: &str, until: Duration, name: String) -> Result<Self, ParseError> {
        Ok(match word {
            "spawned" => Self::Spawned(name),
            "ended" => Self::Ended,
            "sleeps" => Self::Sleeps(until),
            "waits" => Self::Waits(name),
            "waits-until" => Self::WaitsUntil(name, until),
            "woken" => Self::Woken(name),
            "runs" => Self::Runs,
            "blocks" => Self::Blocks(until),
            "idle" => Self::Idle(until),
            "polled" => Self::Polled,
            "pending" => Self::PollEnded(false),
            "ready" => Self::PollEnded(true),
            _ => return Err(ParseError::BadTraceEvent(word.to_owned())),
        })
    }
}

impl fmt::Display for TraceEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, until, name) = self.what.parts();
        let (at, until) = (Milliseconds(self.at), Milliseconds(until));
        let (lane, task, name) = (Escaped(&self.lane), Escaped(&self.task), Escaped(name));
        write!(f, "{at}  {}  {lane}  {task}  {word}  {until}  {name}", self.after)
    }
}

impl FromStr for TraceEvent {
    type Err = ParseError;

    /// Parses the line of a trace event.
    ///
    /// # Errors
    ///
    /// [`ParseError`] says which part of the line is not as [`TraceEvent`]'s `Display` writes it.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let bad = || ParseError::BadTraceEvent(text.to_owned());
        let fields: Vec<&str> = text.split("  ").collect();
        let [at, after, lane, task, word, until, name] = fields.try_into().map_err(|_| bad())?;
        Ok(Self {
            at: parse_milliseconds(at)?,
            after: after.parse().map_err(|_| bad())?,
            lane: unescape(lane)?,
            task: unescape(task)?,
            what: TraceKind::from_parts(word, parse_milliseconds(until)?, unescape(name)?)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn every_trace_event_survives_its_line() {
        let time = Duration::from_micros(1500);
        for what in [
            TraceKind::Spawned("main".into()),
            TraceKind::Ended,
            TraceKind::Sleeps(time),
            TraceKind::Waits("a  lock\n".into()),
            TraceKind::WaitsUntil("a  lock\n".into(), Duration::from_micros(5)),
            TraceKind::WaitsUntil("a  lock\n".into(), Duration::ZERO),
            TraceKind::Woken(String::new()),
            TraceKind::Runs,
            TraceKind::Blocks(time),
            TraceKind::Idle(time),
            TraceKind::Polled,
            TraceKind::PollEnded(true),
            TraceKind::PollEnded(false),
        ] {
            let event = TraceEvent { at: time, after: 7, lane: "thread 1".into(), task: String::new(), what };
            assert_eq!(event.to_string().parse(), Ok(event));
        }
        assert_eq!("1  2  a".parse::<TraceEvent>(), Err(ParseError::BadTraceEvent("1  2  a".into())));
    }
}
