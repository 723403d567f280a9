//! One test as `timeline` shows it: its verdict, and what happened as a picture.

use super::first_red;
use super::look::{BOLD, DIM, GREEN, Look, paint};
use super::reason::Reason;
use super::wrap::wrap;
use crate::course::{Quest, Test};
use crate::engine::verdict::{Judged, Judgement, Verdict};
use crate::picture::{self, Drawing};
use timeline::{Event, TraceEvent};

/// All of it, in lines.
pub fn render(quest: &Quest, test: &Test, judged: &Judged, expected: &str, look: Look) -> String {
    let title = paint(BOLD, format_args!("Quest {}: {}", quest.number, quest.facts.title));
    let verdict = &judged.verdict;
    let words = match verdict {
        Verdict::Passed => format!("{}\n\n", paint(GREEN, "This is what happened, and what should.")),
        Verdict::Wrong { .. } => String::new(),
        _ => Reason { quest, test, verdict, notes: &judged.notes, source: None }.render(Some(look)) + "\n",
    };
    let picture = match seen(verdict, expected) {
        Some(seen) => picture_of(expected, seen, &judged.notes, look),
        None => format!("This is what should happen:\n\n{}", picture_of(expected, expected, &[], look)),
    };
    let about = wrap(&format!("Test {}: {}", paint(DIM, &test.name), test.says), look.width, "");
    format!("{title}\n{about}\n\n{words}{picture}")
}

/// The test that was asked for, else the first that is red, else the first.
pub fn chosen<'a>(quest: &'a Quest, judgement: &'a Judgement, asked_for: Option<&Test>) -> (&'a Test, &'a Judged) {
    let mut all = quest.tests().map(|(_, test)| test).zip(judgement.tests());
    let found = match asked_for {
        Some(asked_for) => all.find(|(test, _)| test.name == asked_for.name),
        None => first_red(quest, judgement).map(|(_, test, judged)| (test, judged)).or_else(|| all.next()),
    };
    found.expect("every test of a quest is judged")
}

/// What the test saw: all of it, or what was seen until it ended. None if nothing is known.
pub fn seen<'a>(verdict: &'a Verdict, expected: &'a str) -> Option<&'a str> {
    match verdict {
        Verdict::Passed => Some(expected),
        Verdict::Wrong { seen, .. } => Some(seen),
        Verdict::Panicked { so_far, .. } | Verdict::Deadlocked { so_far, .. } => Some(so_far),
        _ => None,
    }
}

/// Every run of the observation as a picture, and as text what is none.
fn picture_of(expected: &str, seen: &str, notes: &[Vec<TraceEvent>], look: Look) -> String {
    let (Some(due), Some(runs)) = (picture::runs(expected), picture::runs(seen)) else {
        return as_text(expected, seen);
    };
    let count = due.len().max(runs.len());
    let of = |runs: &[Vec<Event>], run: usize| runs.get(run).cloned().unwrap_or_default();
    let drawings: Option<Vec<String>> = (0..count)
        .map(|run| {
            let notes = picture::notes_of(notes, runs.len(), run);
            let drawing = Drawing::new(&of(&due, run), &of(&runs, run), notes, look)?;
            let title = if count > 1 { format!("Run {} of {count}:\n", run + 1) } else { String::new() };
            Some(title + &drawing.text)
        })
        .collect();
    drawings.map_or_else(|| as_text(expected, seen), |drawings| drawings.join("\n"))
}

/// Facts that are no timeline, and timelines that no picture has room for.
fn as_text(expected: &str, seen: &str) -> String {
    if expected == seen { format!("{seen}\n") } else { format!("expected:\n{expected}\n\nseen:\n{seen}\n") }
}
