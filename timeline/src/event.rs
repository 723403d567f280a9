//! One thing that happened, and its line of text.

use std::fmt::{self, Write as _};
use std::str::FromStr;
use std::time::Duration;

use crate::parse_error::ParseError;

/// One thing that happened: when, to whom, and what.
///
/// An event's text is one line: the time since the start in milliseconds, right-aligned to six columns, then the
/// task, then what happened, each after two spaces. [`FromStr`] parses that line again. What would break the line
/// is escaped: a line break is written `\n`, the second of two spaces `\u{20}`, an empty name `\e`.
///
/// ```
/// use std::time::Duration;
/// use timeline::Event;
///
/// let event = Event { at: Duration::from_secs(3), task: "Task 1".into(), what: "finished".into() };
/// assert_eq!(event.to_string(), "  3000 ms  Task 1  finished");
/// assert_eq!("  3000 ms  Task 1  finished".parse(), Ok(event));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Event {
    /// Time since the start of the simulation.
    pub at: Duration,
    /// The task, thread or object that the event belongs to.
    pub task: String,
    /// What happened to it.
    pub what: String,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = Milliseconds(self.at).to_string();
        write!(f, "{time:>6} ms  {}  {}", Escaped(&self.task), Escaped(&self.what))
    }
}

impl FromStr for Event {
    type Err = ParseError;

    /// Parses an event's line.
    ///
    /// # Errors
    ///
    /// [`ParseError`] says which part of the line is not as [`Event`]'s `Display` writes it.
    fn from_str(line: &str) -> Result<Self, ParseError> {
        let (time, rest) = line.trim_start().split_once(" ms  ").ok_or(ParseError::NoTime)?;
        let (task, what) = rest.split_once("  ").ok_or(ParseError::NoTask)?;
        Ok(Self { at: parse_milliseconds(time)?, task: unescape(task)?, what: unescape(what)? })
    }
}

/// A duration in milliseconds, exact to the nanosecond, with as few digits as possible.
pub(crate) struct Milliseconds(pub(crate) Duration);

impl fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.as_millis())?;
        let below = self.0.subsec_nanos() % 1_000_000;
        if below > 0 {
            write!(f, ".{}", format!("{below:06}").trim_end_matches('0'))?;
        }
        Ok(())
    }
}

pub(crate) fn parse_milliseconds(text: &str) -> Result<Duration, ParseError> {
    let bad = || ParseError::BadTime(text.to_owned());
    let (whole, below) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(below) || below.len() > 6 {
        return Err(bad());
    }
    let nanos: u32 = format!("{below:0<6}").parse().map_err(|_| bad())?;
    let millis: u128 = whole.parse().map_err(|_| bad())?;
    let seconds = u64::try_from(millis / 1000).map_err(|_| bad())?;
    let rest = u32::try_from(millis % 1000).map_err(|_| bad())?;
    Ok(Duration::new(seconds, rest * 1_000_000 + nanos))
}

/// Text without line breaks, control characters or runs of spaces, any of which would end a field too early.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("\\e");
        }
        let mut chars = self.0.chars().peekable();
        let mut before = ' ';
        while let Some(c) = chars.next() {
            let lone = c == ' ' && before != ' ' && chars.peek().is_some();
            match c {
                ' ' if lone => f.write_char(' ')?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                c if c.is_whitespace() || c.is_control() => write!(f, "{}", c.escape_unicode())?,
                c => f.write_char(c)?,
            }
            before = c;
        }
        Ok(())
    }
}

pub(crate) fn unescape(text: &str) -> Result<String, ParseError> {
    let bad = || ParseError::BadEscape(text.to_owned());
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        match chars.next().ok_or_else(bad)? {
            'e' => {}
            'n' => plain.push('\n'),
            'r' => plain.push('\r'),
            't' => plain.push('\t'),
            '\\' => plain.push('\\'),
            'u' => {
                let (code, rest) =
                    chars.as_str().strip_prefix('{').and_then(|rest| rest.split_once('}')).ok_or_else(bad)?;
                let code = u32::from_str_radix(code, 16).map_err(|_| bad())?;
                plain.push(char::from_u32(code).ok_or_else(bad)?);
                chars = rest.chars();
            }
            _ => return Err(bad()),
        }
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    fn event(at: Duration, task: &str, what: &str) -> Event {
        Event { at, task: task.into(), what: what.into() }
    }

    #[test]
    fn times_below_a_millisecond_are_kept() {
        let line = event(Duration::from_micros(1050), "a", "b").to_string();
        assert_eq!(line, "  1.05 ms  a  b");
        assert_eq!(line.parse(), Ok(event(Duration::from_micros(1050), "a", "b")));
    }

    #[test]
    fn a_line_break_makes_no_second_event() {
        let line = event(Duration::ZERO, "a\n     0 ms  b", "c  d ").to_string();
        assert_eq!(line, "     0 ms  a\\n \\u{20}\\u{20}\\u{20}\\u{20}0 ms \\u{20}b  c \\u{20}d\\u{20}");
    }

    #[test]
    fn lines_that_are_not_events_are_rejected() {
        assert_eq!("".parse::<Event>(), Err(ParseError::NoTime));
        assert_eq!("3000 ms  Task 1".parse::<Event>(), Err(ParseError::NoTask));
        assert_eq!("-1 ms  a  b".parse::<Event>(), Err(ParseError::BadTime("-1".into())));
        assert_eq!("1.0000001 ms  a  b".parse::<Event>(), Err(ParseError::BadTime("1.0000001".into())));
        assert_eq!("1 ms  a\\x  b".parse::<Event>(), Err(ParseError::BadEscape("a\\x".into())));
        assert_eq!("1 ms  a\\u{110000}  b".parse::<Event>(), Err(ParseError::BadEscape("a\\u{110000}".into())));
    }
}
