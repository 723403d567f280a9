//! `timeline`: what happened in a test, as a picture.

use super::mode_of;
use crate::cli;
use ::timeline::Event;
use observe::SealKey;
use std::path::PathBuf;
use xtask::course::{Course, Quest, Test};
use xtask::engine;
use xtask::engine::verdict::Judged;
use xtask::exit::{Outcome, UsageError};
use xtask::files;
use xtask::picture::export::{self, Story, Told};
use xtask::picture::{self, reference};
use xtask::report::look::{CYAN, Look, YELLOW, paint};
use xtask::report::shown;
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
    let (test, judged) = shown::chosen(quest, &judgement, asked_for);
    if mode == Mode::Reference {
        say!("{}", paint(YELLOW, "Reference mode: this draws the course's solutions, not your work."));
    }
    let expected = engine::snapshot(quest, &test.name)?;
    say!("{}", shown::render(quest, test, judged, &expected, Look::here()));
    if write_files(&arguments.files, quest, test, &expected, judged)? == 0 && picture::runs(&expected).is_some() {
        let whose = if arguments.reference { " --reference" } else { "" };
        let command = format!("cargo xtask timeline {} {}{whose} --html target/timeline.html", quest.number, test.name);
        say!("To step through it in a browser:\n  {}", paint(CYAN, command));
    }
    Ok(Outcome::from_passed(judged.verdict.passed()))
}

fn named<'a>(quest: &'a Quest, name: &str) -> Result<&'a Test, UsageError> {
    let tests = || quest.tests().map(|(_, test)| test);
    tests().find(|test| test.name == name).ok_or_else(|| {
        let names: Vec<&str> = tests().map(|test| test.name.as_str()).collect();
        UsageError(format!("quest {} has no test `{name}`; its tests are:\n  {}", quest.number, names.join("\n  ")))
    })
}

/// A way to write a picture.
type Form = fn(&Story) -> String;

/// Writes the picture in all the forms that were asked for, and says how many: the first run that differs, else the first.
fn write_files(
    files: &cli::TimelineFiles,
    quest: &Quest,
    test: &Test,
    expected: &str,
    judged: &Judged,
) -> anyhow::Result<usize> {
    let forms: [(&Option<PathBuf>, Form); 4] = [
        (&files.html, |story| export::html(story, &SealKey::random().to_string())),
        (&files.svg, export::svg),
        (&files.mermaid, export::mermaid),
        (&files.perfetto, export::perfetto),
    ];
    if forms.iter().all(|(file, _)| file.is_none()) {
        return Ok(0);
    }
    let seen = shown::seen(&judged.verdict, expected).unwrap_or(expected);
    let (Some(due), Some(runs)) = (picture::runs(expected), picture::runs(seen)) else {
        return Err(UsageError("this test observes facts, not a timeline: there is no picture to write".into()).into());
    };
    let run = (0..due.len().max(runs.len())).find(|run| due.get(*run) != runs.get(*run)).unwrap_or(0);
    let of = |runs: &[Vec<Event>]| runs.get(run).cloned().unwrap_or_default();
    let reference = reference::read(quest)?.remove(&test.name).unwrap_or_default();
    let (due_run, seen_run) = (of(&due), of(&runs));
    if due_run.len().max(seen_run.len()) > picture::MOST_EVENTS {
        return Err(UsageError(format!(
            "more than {} events were recorded: no picture shows that",
            picture::MOST_EVENTS
        ))
        .into());
    }
    let story = Story {
        title: &format!("Quest {}, {}", quest.number, test.name),
        says: &test.says,
        expected: Told { events: &due_run, notes: picture::notes_of(&reference, due.len(), run) },
        seen: Told { events: &seen_run, notes: picture::notes_of(&judged.notes, runs.len(), run) },
    };
    let wanted: Vec<_> = forms.iter().filter_map(|(file, form)| Some((file.as_ref()?, form))).collect();
    for (file, form) in &wanted {
        files::write_atomically(file, form(&story).as_bytes())?;
        say!("Written: {}", file.display());
    }
    Ok(wanted.len())
}
