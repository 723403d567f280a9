//! What the clock saw, beside what was recorded.

use std::cell::RefCell;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::ParseError;
use crate::event::{Escaped, Milliseconds, parse_milliseconds, unescape};

/// Something that the simulation itself noticed: nobody records it, and no verdict depends on it.
///
/// Its text is one line, which [`FromStr`] reads back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Note {
    /// Time since the start of the simulation.
    pub at: Duration,
    /// How many events had been recorded before it.
    pub after: usize,
    /// Who: a thread, a task of the runtime, or a probe.
    pub lane: String,
    /// The task for which `lane` has recorded its last event; empty if it has recorded none.
    pub task: String,
    /// What was noticed.
    pub what: Noted,
}

/// What can be noticed from outside.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Noted {
    /// A thread was spawned, by this one.
    Spawned(String),
    /// A thread has ended.
    Ended,
    /// It sleeps until then.
    Sleeps(Duration),
    /// It waits for something, as in `a message from a channel`.
    Waits(String),
    /// It waits for something, and until then at most.
    WaitsUntil(String, Duration),
    /// It may go on: this thread let it; the clock if the name is empty.
    Woken(String),
    /// It goes on.
    Runs,
    /// It keeps its event loop busy until then: nothing else on that thread can run.
    Blocks(Duration),
    /// Nobody had anything to do until then: the clock was moved on.
    Idle(Duration),
    /// A poll of a probe began.
    Polled,
    /// A poll of a probe ended; whether its future was ready.
    PollEnded(bool),
}

thread_local! {
    static NOTED: RefCell<Vec<Vec<Note>>> = const { RefCell::new(Vec::new()) };
}

/// Takes the notes of the simulations that have ended on this thread since they were last taken, one list for each.
///
/// ```
/// use std::time::Duration;
/// use timeline::{Noted, simulate, thread};
///
/// simulate(|| thread::sleep(Duration::from_secs(3)));
/// let notes = timeline::noted().remove(0);
/// assert_eq!(notes[0].what, Noted::Sleeps(Duration::from_secs(3)));
/// ```
#[must_use]
pub fn noted() -> Vec<Vec<Note>> {
    NOTED.take()
}

/// Keeps the notes of a simulation that has ended on this thread, however it ended.
pub(crate) fn keep(notes: &[Note]) {
    /// A test that simulates more often is not followed that far.
    const MOST_RUNS: usize = 100;
    NOTED.with_borrow_mut(|runs| {
        if runs.len() < MOST_RUNS {
            runs.push(notes.to_vec());
        }
    });
}

impl Noted {
    /// The word, the time and the name that stand for it.
    fn parts(&self) -> (&'static str, Duration, &str) {
        match self {
            Self::Spawned(by) => ("spawned", Duration::ZERO, by),
            Self::Ended => ("ended", Duration::ZERO, ""),
            Self::Sleeps(until) => ("sleeps", *until, ""),
            Self::Waits(what) => ("waits", Duration::ZERO, what),
            Self::WaitsUntil(what, until) => ("waits", *until, what),
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
            "waits" if until.is_zero() => Self::Waits(name),
            "waits" => Self::WaitsUntil(name, until),
            "woken" => Self::Woken(name),
            "runs" => Self::Runs,
            "blocks" => Self::Blocks(until),
            "idle" => Self::Idle(until),
            "polled" => Self::Polled,
            "pending" => Self::PollEnded(false),
            "ready" => Self::PollEnded(true),
            _ => return Err(ParseError::BadNote(word.to_owned())),
        })
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, until, name) = self.what.parts();
        let (at, until) = (Milliseconds(self.at), Milliseconds(until));
        let (lane, task, name) = (Escaped(&self.lane), Escaped(&self.task), Escaped(name));
        write!(f, "{at}  {}  {lane}  {task}  {word}  {until}  {name}", self.after)
    }
}

impl FromStr for Note {
    type Err = ParseError;

    /// Reads a note's line.
    ///
    /// # Errors
    ///
    /// [`ParseError`] says which part of the line is not as [`Note`]'s `Display` writes it.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let bad = || ParseError::BadNote(text.to_owned());
        let fields: Vec<&str> = text.split("  ").collect();
        let [at, after, lane, task, word, until, name] = fields.try_into().map_err(|_| bad())?;
        Ok(Self {
            at: parse_milliseconds(at)?,
            after: after.parse().map_err(|_| bad())?,
            lane: unescape(lane)?,
            task: unescape(task)?,
            what: Noted::from_parts(word, parse_milliseconds(until)?, unescape(name)?)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn every_note_survives_its_line() {
        let time = Duration::from_micros(1500);
        for what in [
            Noted::Spawned("main".into()),
            Noted::Ended,
            Noted::Sleeps(time),
            Noted::Waits("a  lock\n".into()),
            Noted::WaitsUntil("a  lock\n".into(), Duration::from_micros(5)),
            Noted::Woken(String::new()),
            Noted::Runs,
            Noted::Blocks(time),
            Noted::Idle(time),
            Noted::Polled,
            Noted::PollEnded(true),
            Noted::PollEnded(false),
        ] {
            let note = Note { at: time, after: 7, lane: "thread 1".into(), task: String::new(), what };
            assert_eq!(note.to_string().parse(), Ok(note));
        }
        assert_eq!("1  2  a".parse::<Note>(), Err(ParseError::BadNote("1  2  a".into())));
    }
}
