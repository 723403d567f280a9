//! All that `check` found, and the one thing to do next.

use super::course_progress::CourseProgress;
use super::std_calls;
use crate::course::{Course, Quest, Step, Test, with_slashes};
use crate::engine::cargo_build::SourceLocation;
use crate::engine::precheck::Rejection;
use crate::engine::verdict::{Judgement, TestResult, Verdict};
use crate::state::{Mode, State};
use std::fs;

/// All that `check` found.
#[derive(Debug)]
pub struct Report<'a> {
    pub course: &'a Course,
    pub mode: Mode,
    pub results: Vec<(&'a Quest, Judgement)>,
    /// The quest that has just passed, if known.
    pub just_passed: Option<u32>,
}

/// What to do next: the first quest that has not passed, and its first failing test.
#[derive(Debug)]
pub struct Next<'a> {
    pub quest: &'a Quest,
    pub judgement: &'a Judgement,
    /// The step, the test and its result; none if the quest could not be built.
    pub red: Option<(&'a Step, &'a Test, &'a TestResult)>,
    /// Where to edit.
    pub location: SourceLocation,
}

impl Report<'_> {
    pub fn passed(&self) -> bool {
        self.results.iter().all(|(_, judgement)| judgement.is_green())
    }

    /// How far the learner is in the course, if all of it was judged.
    pub fn course_progress(&self) -> Option<CourseProgress> {
        let is_whole = self.results.len() == self.course.quests.len();
        is_whole.then(|| CourseProgress::of(self.results.iter().map(|(quest, judgement)| (*quest, judgement))))
    }

    /// Remembers for each quest the step that a hint should be about.
    pub fn remember_steps(&self, state: &State) {
        for (quest, judgement) in &self.results {
            if let Some((step, ..)) = first_red(quest, judgement) {
                // Only `hint` needs it: a folder that cannot be written to must not cost the verdict.
                let _ = state.set_step(&quest.package, &step.title);
            }
        }
    }

    /// The quest that passed last: the one that is known to have passed, or else the one whose file was saved last.
    pub fn passed_last(&self) -> Option<&Quest> {
        let green = || self.results.iter().filter(|(_, judgement)| judgement.is_green()).map(|(quest, _)| *quest);
        let known = green().find(|quest| Some(quest.number) == self.just_passed);
        let saved = |quest: &Quest| {
            let is_learners = self.mode == Mode::Learner;
            is_learners.then(|| fs::metadata(quest.learner()).and_then(|data| data.modified()).ok()).flatten()
        };
        known.or_else(|| green().max_by_key(|quest| (saved(quest), quest.number)))
    }

    pub fn next(&self) -> Option<Next<'_>> {
        let (quest, judgement) = self.results.iter().find(|(_, judgement)| !judgement.is_green())?;
        let red = first_red(quest, judgement);
        let location = match (judgement, red) {
            (Judgement::DoesNotCompile(errors), _) => {
                let file = self.source(quest);
                // An error in the tests or the demo often mentions the line that it comes from.
                let line = errors.iter().find_map(|error| match &error.location {
                    Some(location) if location.file == file => Some(location.line),
                    _ => mentioned(&error.rendered, &file),
                });
                line.map(|line| SourceLocation { file, line })
            }
            (Judgement::Rejected(Rejection::Forbidden(forbidden)), _) => {
                Some(SourceLocation { file: self.source(quest), line: forbidden.line })
            }
            (_, Some((step, _, judged))) => Some(self.location(quest, step, &judged.verdict)),
            _ => None,
        };
        let location = location.unwrap_or_else(|| SourceLocation { file: self.source(quest), line: 1 });
        Some(Next { quest, judgement, red, location })
    }

    /// The file that is built for the quest in this mode, relative to the course's folder.
    fn source(&self, quest: &Quest) -> String {
        match self.mode {
            Mode::Learner => self.course.display_path(&quest.learner()),
            Mode::Reference => self.course.display_path(&self.course.solution(quest)),
        }
    }

    /// Where the failure shows in that file, or else where the step is to be done.
    fn location(&self, quest: &Quest, step: &Step, verdict: &Verdict) -> SourceLocation {
        let file = self.source(quest);
        let text = fs::read_to_string(self.course.root.join(&file)).unwrap_or_default();
        let line = match verdict {
            Verdict::Panicked { panics, .. } | Verdict::NotStarted { panics } => {
                panics.iter().find_map(|panic| mentioned(&panic.location, &file))
            }
            Verdict::Deadlocked { report, .. } => mentioned(report, &file),
            Verdict::BlockedOutside => std_calls::find(&text).first().map(|finding| finding.line),
            _ => None,
        };
        let of_step = || (1..).zip(text.lines()).find(|(_, line)| line.contains(&step.edit)).map(|(number, _)| number);
        SourceLocation { line: line.or_else(of_step).unwrap_or(1), file }
    }
}

/// The first test that did not pass, if any ran.
pub fn first_red<'a>(quest: &'a Quest, judgement: &'a Judgement) -> Option<(&'a Step, &'a Test, &'a TestResult)> {
    let mut tests = quest.tests().zip(judgement.tests());
    tests.find(|(_, judged)| !judged.verdict.passed()).map(|((step, test), judged)| (step, test, judged))
}

/// The first line of `file` that `text` mentions as `file:line`, like panics and deadlock reports do.
fn mentioned(text: &str, file: &str) -> Option<u64> {
    let text = with_slashes(text);
    let (_, after) = text.split_once(&format!("{file}:"))?;
    let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    after[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_file_is_found_where_it_is_mentioned() {
        let file = "quest-01-blocking/src/learner.rs";
        assert_eq!(mentioned("quest-01-blocking/src/learner.rs:12:5", file), Some(12));
        assert_eq!(mentioned("main waits for a message, at quest-01-blocking/src/learner.rs:7", file), Some(7));
        assert_eq!(mentioned("quest-02-timer/src/learner.rs:12:5", file), None);
        assert_eq!(mentioned("quest-01-blocking/src/learner.rs: somewhere", file), None);
    }
}
