//! What happened, as a picture: a lane a task, time from left to right.
//!
//! [`lanes`], [`stretches`] and [`difference`] say what there is to see; [`moments`] and [`scale`] give each event its column;
//! [`window`] says what is shown where not all fits; [`symbols`] has a character for it; [`drawing`] puts it together for a terminal, [`export`] for other programs.
//! [`steps`] tells it one thing after the other; [`mod@reference`] keeps what the clock noted in the solutions.

pub mod difference;
mod drawing;
pub mod export;
pub mod lanes;
mod moments;
pub mod reference;
mod scale;
pub mod steps;
pub mod stretches;
mod symbols;
mod window;

pub use drawing::{Drawing, MOST_EVENTS};

use crate::report::look::Look;
use std::time::Duration;
use timeline::{Event, Timeline, TraceEvent};

/// An observation as runs; none if it is no timeline. Where times start over, another run begins.
pub fn runs(observation: &str) -> Option<Vec<Vec<Event>>> {
    let timeline: Timeline = observation.parse().ok()?;
    let mut runs: Vec<Vec<Event>> = Vec::new();
    for event in timeline.events() {
        match runs.last_mut() {
            Some(run) if run.last().is_none_or(|last| last.at <= event.at) => run.push(event.clone()),
            _ => runs.push(vec![event.clone()]),
        }
    }
    Some(runs)
}

/// A picture of the first run in which something else was seen than expected; none if there is none, or no room.
pub fn of_first_difference(expected: &str, seen: &str, notes: &[Vec<TraceEvent>], look: Look) -> Option<Drawing> {
    let (expected, seen) = (runs(expected)?, runs(seen)?);
    let run = (0..expected.len().max(seen.len())).find(|run| expected.get(*run) != seen.get(*run))?;
    let of = |runs: &[Vec<Event>]| runs.get(run).cloned().unwrap_or_default();
    Drawing::new(&of(&expected), &of(&seen), notes_of(notes, seen.len(), run), look)
}

/// The notes of one of `count` runs; none if it is not known which are whose.
pub fn notes_of(notes: &[Vec<TraceEvent>], count: usize, run: usize) -> &[TraceEvent] {
    notes.get(run).filter(|_| notes.len() == count).map_or(&[], Vec::as_slice)
}

/// As [`Timeline`] writes times.
fn milliseconds(time: Duration) -> String {
    let below = time.subsec_nanos() % 1_000_000;
    let whole = time.as_millis();
    if below == 0 { whole.to_string() } else { format!("{whole}.{}", format!("{below:06}").trim_end_matches('0')) }
}

/// The text in at most `width` columns, without what would break a line or disturb a terminal.
fn shorten(text: &str, width: usize, elided: char) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    if clean.clone().count() <= width {
        return clean.collect();
    }
    clean.take(width.saturating_sub(1)).chain([elided]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_is_marked_and_nothing_breaks_a_line() {
        assert_eq!(shorten("abc", 3, '.'), "abc");
        assert_eq!(shorten("a\u{1b}c\n", 3, '.'), "a .");
    }

    #[test]
    fn a_run_begins_where_time_starts_over() {
        let runs = runs("0 ms  a  b\n5 ms  a  b\n0 ms  a  c").unwrap();
        assert_eq!(runs.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(super::runs("rounds: 7"), None);
    }
}
