//! `timeline`: what happened in a test, as a picture.

use super::mode_of;
use crate::cli;
use ::timeline::{Event, Note};
use observe::Key;
use std::path::PathBuf;
use xtask::course::{Course, Quest, Test};
use xtask::engine;
use xtask::engine::verdict::{Judged, Judgement, Verdict};
use xtask::exit::{Outcome, UsageError};
use xtask::files;
use xtask::picture::export::{self, Story};
use xtask::picture::{self, Drawing};
use xtask::report::first_red;
use xtask::report::look::{BOLD, DIM, GREEN, Look, YELLOW, paint};
use xtask::report::reason::Reason;
use xtask::say::{say, tell};
use xtask::state::{Mode, State};

pub fn run(course: &Course, state: &State, arguments: &cli::Timeline) -> anyhow::Result<Outcome> {
    let quest = course.quest(&arguments.quest)?;
    let asked_for = arguments.test.as_deref().map(|name| named(quest, name)).transpose()?;
    let mode = mode_of(course, state, arguments.reference)?;
    let judgement = engine::judge_quests(course, &[quest], mode)?.pop().expect("one quest was judged");
    if judgement.tests().is_empty() {
        tell!("There is nothing to draw yet. What to do: cargo xtask check {}", quest.number);
        return Ok(Outcome::Unfinished);
    }
    let (test, judged) = chosen(quest, &judgement, asked_for);
    if mode == Mode::Reference {
        say!("{}", paint(YELLOW, "Reference mode: this draws the course's solutions, not your work."));
    }
    say!("{}", paint(BOLD, format_args!("Quest {}: {}", quest.number, quest.facts.title)));
    say!("Test {}: {}\n", paint(DIM, &test.name), test.says);
    let expected = engine::snapshot(quest, &test.name)?;
    show(quest, test, judged, &expected, Look::here());
    let title = format!("Quest {}, {}", quest.number, test.name);
    write_files(&arguments.files, &title, &expected, judged)?;
    Ok(Outcome::from_passed(judged.verdict.passed()))
}

fn named<'a>(quest: &'a Quest, name: &str) -> Result<&'a Test, UsageError> {
    let tests = || quest.tests().map(|(_, test)| test);
    tests().find(|test| test.name == name).ok_or_else(|| {
        let names: Vec<&str> = tests().map(|test| test.name.as_str()).collect();
        UsageError(format!("quest {} has no test `{name}`; its tests are:\n  {}", quest.number, names.join("\n  ")))
    })
}

/// The test that was asked for, else the first that is red, else the first.
fn chosen<'a>(quest: &'a Quest, judgement: &'a Judgement, asked_for: Option<&Test>) -> (&'a Test, &'a Judged) {
    let mut all = quest.tests().map(|(_, test)| test).zip(judgement.tests());
    let found = match asked_for {
        Some(asked_for) => all.find(|(test, _)| test.name == asked_for.name),
        None => first_red(quest, judgement).map(|(_, test, judged)| (test, judged)).or_else(|| all.next()),
    };
    found.expect("every test of a quest is judged")
}

/// What the test saw: all of it, or what was seen until it ended. None if nothing is known.
fn seen<'a>(verdict: &'a Verdict, expected: &'a str) -> Option<&'a str> {
    match verdict {
        Verdict::Passed => Some(expected),
        Verdict::Wrong { seen, .. } => Some(seen),
        Verdict::Panicked { so_far, .. } | Verdict::Deadlocked { so_far, .. } => Some(so_far),
        _ => None,
    }
}

fn show(quest: &Quest, test: &Test, judged: &Judged, expected: &str, look: Look) {
    let verdict = &judged.verdict;
    match verdict {
        Verdict::Passed => say!("{}\n", paint(GREEN, "This is what happened, and what should.")),
        Verdict::Wrong { .. } => {}
        _ => say!("{}", Reason { quest, test, verdict, notes: &judged.notes, source: None }.render(Some(look))),
    }
    match seen(verdict, expected) {
        Some(seen) => say!("{}", picture_of(expected, seen, &judged.notes, look)),
        None => say!("This is what should happen:\n\n{}", picture_of(expected, expected, &[], look)),
    }
}

/// A way to write a picture.
type Form = fn(&Story) -> String;

/// Writes the picture in all the forms that were asked for: the first run that differs, else the first.
fn write_files(files: &cli::TimelineFiles, title: &str, expected: &str, judged: &Judged) -> anyhow::Result<()> {
    let forms: [(&Option<PathBuf>, Form); 4] = [
        (&files.html, |story| export::html(story, &Key::random().to_string())),
        (&files.svg, export::svg),
        (&files.mermaid, export::mermaid),
        (&files.perfetto, export::perfetto),
    ];
    if forms.iter().all(|(file, _)| file.is_none()) {
        return Ok(());
    }
    let seen = seen(&judged.verdict, expected).unwrap_or(expected);
    let (Some(due), Some(runs)) = (picture::runs(expected), picture::runs(seen)) else {
        return Err(UsageError("this test observes facts, not a timeline: there is no picture to write".into()).into());
    };
    let run = (0..due.len().max(runs.len())).find(|run| due.get(*run) != runs.get(*run)).unwrap_or(0);
    let of = |runs: &[Vec<Event>]| runs.get(run).cloned().unwrap_or_default();
    let notes = picture::notes_of(&judged.notes, runs.len(), run);
    let (due_run, seen_run) = (of(&due), of(&runs));
    if due_run.len().max(seen_run.len()) > picture::MOST_EVENTS {
        return Err(UsageError(format!(
            "more than {} events were recorded: no picture shows that",
            picture::MOST_EVENTS
        ))
        .into());
    }
    let story = Story { title, expected: &due_run, seen: &seen_run, notes };
    for (file, form) in forms {
        if let Some(file) = file {
            files::write_atomically(file, form(&story).as_bytes())?;
            say!("Written: {}", file.display());
        }
    }
    Ok(())
}

/// Every run of the observation as a picture, and as text what is none.
fn picture_of(expected: &str, seen: &str, notes: &[Vec<Note>], look: Look) -> String {
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
