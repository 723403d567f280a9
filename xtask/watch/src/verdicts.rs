//! Verdicts as text: in full as `check` tells them, or in a line.

use crate::event::{Shown, What};
use crate::machine::Machine;
use crate::view;
use std::collections::BTreeMap;
use std::sync::Arc;
use xtask::course::Course;
use xtask::engine::verdict::Judgement;
use xtask::report::look::{Look, plain};
use xtask::report::text::{progress, render};
use xtask::report::way::Way;
use xtask::report::{Report, look};
use xtask::state::{Mode, State};

/// What is to be shown, and the verdicts of that moment.
pub struct Verdicts {
    shown: Shown,
    course: Arc<Course>,
    mode: Mode,
    judgements: BTreeMap<u32, Judgement>,
}

impl Verdicts {
    pub fn new(shown: Shown, machine: &Machine, course: Arc<Course>, mode: Mode) -> Self {
        Self { shown, course, mode, judgements: machine.verdicts.clone() }
    }

    /// A verdict in full, under a line with the check's number.
    pub fn in_full(&self, look: Look) -> String {
        if let What::Line(quest) = self.shown.what {
            return self.one_line(quest);
        }
        let rule = view::rule(&format!("check {}", self.shown.check), look);
        format!("{rule}\n{}", render(&self.report(self.shown), look, Way::Key))
    }

    /// A verdict in a line, without colours; after a quest that has passed, a line for it, too.
    pub fn in_a_line(&self) -> String {
        let words = match self.shown.what {
            What::Course => self.report(self.shown).standing().map(|standing| standing.to_string()),
            What::Quest(quest) | What::Line(quest) => Some(plain(&self.one_line(quest))),
        };
        let passed = self.shown.passed.map(|quest| plain(&self.one_line(quest)));
        let lines = passed.into_iter().chain([words.unwrap_or_default()]);
        let lines: Vec<String> = lines.map(|words| format!("check {}: {words}", self.shown.check)).collect();
        lines.join("\n")
    }

    /// Remembers which step a hint should be about.
    pub fn remember_steps(&self, state: &State) {
        if self.mode == Mode::Learner {
            self.report(self.shown).remember_steps(state);
        }
    }

    fn one_line(&self, quest: u32) -> String {
        let report = self.report(Shown { check: self.shown.check, what: What::Quest(quest), passed: None });
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

    fn report(&self, shown: Shown) -> Report<'_> {
        let is_meant = |number: u32| match shown.what {
            What::Course => true,
            What::Quest(quest) | What::Line(quest) => number == quest || Some(number) == shown.passed,
        };
        let results = self.course.quests.iter().filter(|quest| is_meant(quest.number));
        let results = results.filter_map(|quest| Some((quest, self.judgements.get(&quest.number)?.clone())));
        Report { course: &self.course, mode: self.mode, results: results.collect(), just_passed: shown.passed }
    }
}
