//! One test as `timeline` shows it: its verdict, and a picture of what happened.

use super::first_red;
use super::reason::Reason;
use crate::course::{Quest, Test};
use crate::engine::verdict::{Judgement, TestResult, Verdict};
use crate::picture::{self, Drawing};
use crate::terminal::style::{BOLD, DIM, GREEN, Terminal, paint};
use crate::terminal::wrap::wrap;
use timeline::{Event, TraceEvent};

/// The whole text.
pub fn render(quest: &Quest, test: &Test, judged: &TestResult, expected: &str, terminal: Terminal) -> String {
    let title = paint(BOLD, format_args!("Quest {}: {}", quest.number, quest.meta.title));
    let verdict = &judged.verdict;
    let words = match verdict {
        Verdict::Passed => format!("{}\n\n", paint(GREEN, "Everything happened as expected.")),
        Verdict::Wrong { .. } => String::new(),
        _ => Reason { quest, test, verdict, traces: &judged.traces, source: None }.render(Some(terminal)) + "\n",
    };
    let picture = match seen(verdict, expected) {
        Some(seen) => picture_of(expected, seen, &judged.traces, terminal),
        None => format!("This is the expected run:\n\n{}", picture_of(expected, expected, &[], terminal)),
    };
    let about = wrap(&format!("Test {}: {}", paint(DIM, &test.name), test.says), terminal.width, "");
    format!("{title}\n{about}\n\n{words}{picture}")
}

/// The test that was asked for, or else the first failing one, or else the first.
pub fn select<'a>(quest: &'a Quest, judgement: &'a Judgement, asked_for: Option<&Test>) -> (&'a Test, &'a TestResult) {
    let mut all = quest.tests().map(|(_, test)| test).zip(judgement.tests());
    let found = match asked_for {
        Some(asked_for) => all.find(|(test, _)| test.name == asked_for.name),
        None => first_red(quest, judgement).map(|(_, test, judged)| (test, judged)).or_else(|| all.next()),
    };
    found.expect("every test of a quest is judged")
}

/// What the test saw, or what it saw until it ended. None if that is unknown.
pub fn seen<'a>(verdict: &'a Verdict, expected: &'a str) -> Option<&'a str> {
    match verdict {
        Verdict::Passed => Some(expected),
        Verdict::Wrong { seen, .. } => Some(seen),
        Verdict::Panicked { so_far, .. } | Verdict::Deadlocked { so_far, .. } => Some(so_far),
        _ => None,
    }
}

/// Each run of the observation as a picture; as text if there is no picture of it.
fn picture_of(expected: &str, seen: &str, traces: &[Vec<TraceEvent>], terminal: Terminal) -> String {
    let (Some(due), Some(runs)) = (picture::runs(expected), picture::runs(seen)) else {
        return as_text(expected, seen);
    };
    let count = due.len().max(runs.len());
    let of = |runs: &[Vec<Event>], run: usize| runs.get(run).cloned().unwrap_or_default();
    let drawings: Option<Vec<String>> = (0..count)
        .map(|run| {
            let traces = picture::trace_of_run(traces, runs.len(), run);
            let drawing = Drawing::new(&of(&due, run), &of(&runs, run), traces, terminal)?;
            let title = if count > 1 { format!("Run {} of {count}:\n", run + 1) } else { String::new() };
            Some(title + &drawing.text)
        })
        .collect();
    drawings.map_or_else(|| as_text(expected, seen), |drawings| drawings.join("\n"))
}

/// For observations that are not timelines, and timelines that are too large for a picture.
fn as_text(expected: &str, seen: &str) -> String {
    if expected == seen { format!("{seen}\n") } else { format!("expected:\n{expected}\n\nseen:\n{seen}\n") }
}
