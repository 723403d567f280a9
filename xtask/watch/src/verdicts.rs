//! Verdicts as text: in full as `check` prints them, or in a line.

use crate::event::{VerdictView, View};
use crate::machine::StateMachine;
use crate::view;
use std::collections::BTreeMap;
use std::sync::Arc;
use xtask::course::Course;
use xtask::engine::verdict::Judgement;
use xtask::report::frontend::Frontend;
use xtask::report::text::render;
use xtask::report::{Report, status};
use xtask::state::{Mode, State};
use xtask::terminal::style::{BOLD, Terminal, paint, plain};

/// The verdicts of one moment, and which of them to show.
pub struct Verdicts {
    shown: VerdictView,
    course: Arc<Course>,
    mode: Mode,
    judgements: BTreeMap<u32, Judgement>,
}

impl Verdicts {
    pub fn new(shown: VerdictView, machine: &StateMachine, course: Arc<Course>, mode: Mode) -> Self {
        Self { shown, course, mode, judgements: machine.verdicts.clone() }
    }

    /// The full verdict, under a line with the check's number.
    pub fn in_full(&self, terminal: Terminal) -> String {
        if let View::Line(quest) = self.shown.what {
            return self.one_line(quest);
        }
        let rule = view::rule(&format!("check {}", self.shown.check), terminal);
        format!("{rule}\n{}", render(&self.report(self.shown), terminal, Frontend::Watch))
    }

    /// The verdict in a line, without colours; preceded by a line for a quest that has just passed.
    pub fn in_a_line(&self) -> String {
        let words = match self.shown.what {
            View::Course => {
                self.report(self.shown).course_progress().map(|course_progress| course_progress.to_string())
            }
            View::Quest(quest) | View::Line(quest) => Some(plain(&self.one_line(quest))),
        };
        let passed = self.shown.passed.map(|quest| plain(&self.one_line(quest)));
        let lines = passed.into_iter().chain([words.unwrap_or_default()]);
        let lines: Vec<String> = lines.map(|words| format!("check {}: {words}", self.shown.check)).collect();
        lines.join("\n")
    }

    /// Remembers the step that a hint should be about.
    pub fn remember_steps(&self, state: &State) {
        if self.mode == Mode::Learner {
            self.report(self.shown).remember_steps(state);
        }
    }

    fn one_line(&self, quest: u32) -> String {
        let report = self.report(VerdictView { check: self.shown.check, what: View::Quest(quest), passed: None });
        let Some((quest, judgement)) = report.results.first() else { return String::new() };
        let location = report.next().map(|next| format!(" Edit {}:{}", next.location.file, next.location.line));
        format!(
            "quest {} {}: {} of {} points, {}.{}",
            quest.number,
            quest.name,
            judgement.points(),
            quest.meta.points,
            paint(BOLD, status::words(judgement)),
            location.unwrap_or_default()
        )
    }

    fn report(&self, shown: VerdictView) -> Report<'_> {
        let is_meant = |number: u32| match shown.what {
            View::Course => true,
            View::Quest(quest) | View::Line(quest) => number == quest || Some(number) == shown.passed,
        };
        let results = self.course.quests.iter().filter(|quest| is_meant(quest.number));
        let results = results.filter_map(|quest| Some((quest, self.judgements.get(&quest.number)?.clone())));
        Report { course: &self.course, mode: self.mode, results: results.collect(), just_passed: shown.passed }
    }
}
