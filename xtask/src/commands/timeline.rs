//! `timeline`: what happened in a test, as a picture.

use super::mode_of;
use crate::cli;
use ::timeline::Event;
use observe::SealKey;
use std::path::PathBuf;
use xtask::course::{Course, Quest, Test};
use xtask::engine;
use xtask::engine::verdict::TestResult;
use xtask::exit::{Outcome, UsageError};
use xtask::files;
use xtask::picture::export::{self, Comparison, RunView};
use xtask::picture::{self, reference_trace};
use xtask::report::test_picture;
use xtask::state::{Mode, State};
use xtask::terminal::style::{CYAN, Terminal, YELLOW, paint};
use xtask::{eprint_line, print_line};

pub fn run(course: &Course, state: &State, arguments: &cli::TimelineArgs) -> anyhow::Result<Outcome> {
    let quest = course.quest(&arguments.quest)?;
    let asked_for = arguments.test.as_deref().map(|name| named(quest, name)).transpose()?;
    let mode = mode_of(course, state, arguments.reference)?;
    let judgement = engine::judge_quests(course, &[quest], mode)?.pop().expect("one quest was judged");
    if judgement.tests().is_empty() {
        eprint_line!("There is nothing to draw yet. What to do: cargo xtask check {}", quest.number);
        return Ok(Outcome::Unfinished);
    }
    let (test, judged) = test_picture::select(quest, &judgement, asked_for);
    if mode == Mode::Reference {
        print_line!("{}", paint(YELLOW, "Reference mode: this draws the course's solutions, not your work."));
    }
    let expected = engine::snapshot(quest, &test.name)?;
    print_line!("{}", test_picture::render(quest, test, judged, &expected, Terminal::detect()));
    if write_files(&arguments.files, quest, test, &expected, judged)? == 0 && picture::runs(&expected).is_some() {
        let whose = if arguments.reference { " --reference" } else { "" };
        let command = format!("cargo xtask timeline {} {}{whose} --html target/timeline.html", quest.number, test.name);
        print_line!("To step through it in a browser:\n  {}", paint(CYAN, command));
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

/// Writes a picture in some format.
type Exporter = fn(&Comparison) -> String;

/// Writes the first run that differs, or else the first run, in all formats that were asked for. Returns how many there were.
fn write_files(
    files: &cli::TimelineFileArgs,
    quest: &Quest,
    test: &Test,
    expected: &str,
    judged: &TestResult,
) -> anyhow::Result<usize> {
    let forms: [(&Option<PathBuf>, Exporter); 4] = [
        (&files.html, |comparison| export::html(comparison, &SealKey::random().to_string())),
        (&files.svg, export::svg),
        (&files.mermaid, export::mermaid),
        (&files.perfetto, export::perfetto),
    ];
    if forms.iter().all(|(file, _)| file.is_none()) {
        return Ok(0);
    }
    let seen = test_picture::seen(&judged.verdict, expected).unwrap_or(expected);
    let (Some(due), Some(runs)) = (picture::runs(expected), picture::runs(seen)) else {
        return Err(UsageError("this test records no timeline, so there is no picture to write".into()).into());
    };
    let run = (0..due.len().max(runs.len())).find(|run| due.get(*run) != runs.get(*run)).unwrap_or(0);
    let of = |runs: &[Vec<Event>]| runs.get(run).cloned().unwrap_or_default();
    let reference = reference_trace::read(quest)?.remove(&test.name).unwrap_or_default();
    let (due_run, seen_run) = (of(&due), of(&runs));
    if due_run.len().max(seen_run.len()) > picture::MOST_EVENTS {
        return Err(UsageError(format!(
            "more than {} events were recorded, too many for a picture",
            picture::MOST_EVENTS
        ))
        .into());
    }
    let comparison = Comparison {
        title: &format!("Quest {}, {}", quest.number, test.name),
        says: &test.says,
        expected: RunView { events: &due_run, trace: picture::trace_of_run(&reference, due.len(), run) },
        seen: RunView { events: &seen_run, trace: picture::trace_of_run(&judged.traces, runs.len(), run) },
    };
    let wanted: Vec<_> = forms.iter().filter_map(|(file, form)| Some((file.as_ref()?, form))).collect();
    for (file, form) in &wanted {
        files::write_atomically(file, form(&comparison).as_bytes())?;
        print_line!("Written: {}", file.display());
    }
    Ok(wanted.len())
}
