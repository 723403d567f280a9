//! Verdicts as text: in full as `check` tells them, or in a line.

use crate::event::{Shown, What};
use crate::machine::Machine;
use crate::view;
use xtask::course::Course;
use xtask::report::look::{Look, plain};
use xtask::report::text::{progress, render};
use xtask::report::way::Way;
use xtask::report::{Report, look};
use xtask::state::{Mode, State};

/// A verdict in full, under a line with the check's number.
pub fn in_full(shown: Shown, machine: &Machine, course: &Course, mode: Mode, look: Look) -> String {
    if let What::Line(quest) = shown.what {
        return one_line(quest, machine, course, mode);
    }
    let report = report(shown, machine, course, mode);
    format!("{}\n{}", view::rule(&format!("check {}", shown.check), look), render(&report, look, Way::Key))
}

/// A verdict in a line, without colours; after a quest that has passed, a line for it, too.
pub fn in_a_line(shown: Shown, machine: &Machine, course: &Course, mode: Mode) -> String {
    let words = match shown.what {
        What::Course => report(shown, machine, course, mode).standing().map(|standing| standing.to_string()),
        What::Quest(quest) | What::Line(quest) => Some(plain(&one_line(quest, machine, course, mode))),
    };
    let passed = shown.passed.map(|quest| plain(&one_line(quest, machine, course, mode)));
    let lines = passed.into_iter().chain([words.unwrap_or_default()]);
    let lines: Vec<String> = lines.map(|words| format!("check {}: {words}", shown.check)).collect();
    lines.join("\n")
}

/// Remembers which step a hint should be about.
pub fn remember_steps(shown: Shown, machine: &Machine, course: &Course, mode: Mode, state: &State) {
    if mode == Mode::Learner {
        report(shown, machine, course, mode).remember_steps(state);
    }
}

fn one_line(quest: u32, machine: &Machine, course: &Course, mode: Mode) -> String {
    let report = report(Shown { check: 0, what: What::Quest(quest), passed: None }, machine, course, mode);
    let Some((quest, judgement)) = report.results.first() else { return String::new() };
    let place = report.next().map(|next| format!(" Edit {}:{}", next.place.file, next.place.line));
    format!(
        "quest {} {}: {} of {} points, {}.{}",
        quest.number,
        quest.name,
        judgement.points(),
        quest.facts.points,
        look::paint(look::BOLD, progress(judgement)),
        place.unwrap_or_default()
    )
}

fn report<'a>(shown: Shown, machine: &Machine, course: &'a Course, mode: Mode) -> Report<'a> {
    let is_meant = |number: u32| match shown.what {
        What::Course => true,
        What::Quest(quest) | What::Line(quest) => number == quest || Some(number) == shown.passed,
    };
    let results = course.quests.iter().filter(|quest| is_meant(quest.number));
    let results = results.filter_map(|quest| Some((quest, machine.verdicts.get(&quest.number)?.clone())));
    Report { course, mode, results: results.collect(), just_passed: shown.passed }
}
