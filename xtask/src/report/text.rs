//! The report for people: a line for each quest, then what to do next. Plain lines; nothing is cleared, no terminal is needed.

use super::check_report::{Next, Report};
use super::frontend::Frontend;
use super::reason::{self, Reason, SourceFile};
use super::{farewell, status};
use crate::course::Quest;
use crate::engine::precheck::Rejection;
use crate::engine::verdict::{Judgement, QuestStatus, TestResult};
use crate::state::Mode;
use crate::terminal::style::{BOLD, CYAN, DIM, GREEN, RED, Terminal, YELLOW, paint};
use crate::terminal::wrap::wrap;
use std::fs;

/// The whole output of `check`.
pub fn render(report: &Report, terminal: Terminal, frontend: Frontend) -> String {
    let mut text = TextReport { report, terminal, frontend, out: String::new() };
    if report.mode == Mode::Reference {
        text.line(&paint(YELLOW, "Reference mode: this judges the course's solutions, not your work."));
    }
    for (quest, judgement) in &report.results {
        text.summary(quest, judgement);
    }
    if let Some(course_progress) = report.course_progress() {
        text.line(&paint(BOLD, course_progress));
    }
    text.line("");
    match report.next() {
        Some(next) => text.next(&next),
        None => text.all_green(),
    }
    text.out
}

struct TextReport<'a> {
    report: &'a Report<'a>,
    terminal: Terminal,
    frontend: Frontend,
    out: String,
}

impl TextReport<'_> {
    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn summary(&mut self, quest: &Quest, judgement: &Judgement) {
        let widest = self.report.course.quests.iter().map(|quest| quest.name.len()).max().unwrap_or(0);
        let mark = status::mark(self.terminal, judgement.status());
        let points = format!("{}/{}", judgement.points(), quest.meta.points);
        let cap = if judgement.points_without_cap().is_some() { ": at most half of the points" } else { "" };
        let status = status::words(judgement);
        self.line(&format!("{mark} {:>2} {:<widest$} {points:>6}  {status}{cap}", quest.number, quest.name));
    }

    fn next(&mut self, next: &Next) {
        let quest = next.quest;
        let has_passed = self.just_passed(next);
        self.line(&paint(BOLD, format_args!("Quest {}: {}", quest.number, quest.meta.title)));
        if next.judgement.status() == QuestStatus::NotStarted {
            self.prose(&format!("Start here. {}", quest.meta.teaches), "");
            self.line(&format!("The quest takes about {} minutes.", quest.meta.minutes));
            self.line(&format!("First read the lesson: {}/README.md", quest.package));
        }
        if has_passed {
            // What has passed stays in sight even in a small window.
            self.verdict_in_a_line(next);
        } else {
            self.verdict(next);
        }
        self.line("");
        self.commands(next);
    }

    fn verdict_in_a_line(&mut self, next: &Next) {
        if next.judgement.status() != QuestStatus::NotStarted {
            self.line(&format!("Not done yet: {}.", status::words(next.judgement)));
            self.line(&format!("Details: {}", paint(CYAN, self.frontend.verdict(next.quest.number))));
        }
    }

    fn verdict(&mut self, next: &Next) {
        self.line("");
        match next.judgement {
            Judgement::Rejected(Rejection::Unreadable(why)) => self.line(&format!("{}.", paint(RED, why))),
            Judgement::Rejected(Rejection::Forbidden(forbidden)) => {
                self.line(&paint(RED, format_args!("Rejected: line {} contains {}.", forbidden.line, forbidden.what)));
                self.line(&forbidden.why);
            }
            Judgement::DoesNotCompile(errors) => {
                self.line(&paint(RED, "It does not compile yet. The compiler says:"));
                self.line("");
                self.out.push_str(&reason::compiler(errors));
            }
            Judgement::Observed(_) => self.red_test(next),
        }
    }

    fn red_test(&mut self, next: &Next) {
        let Some((step, test, judged)) = next.red else { return };
        let steps = &next.quest.meta.steps;
        let number = steps.iter().position(|other| std::ptr::eq(other, step)).map_or(1, |index| index + 1);
        self.line(&format!("Step {number} of {}: {}", steps.len(), paint(BOLD, &step.title)));
        self.prose(&format!("Test {}: {}", paint(DIM, &test.name), test.says), "");
        self.line("");
        let file = self.report.course.display_path(&next.quest.learner());
        let source = match self.report.mode {
            Mode::Learner => fs::read_to_string(next.quest.learner()).ok(),
            Mode::Reference => None,
        };
        let source = source.as_deref().map(|text| SourceFile { file: &file, text });
        let reason = Reason { quest: next.quest, test, verdict: &judged.verdict, traces: &judged.traces, source };
        self.out.push_str(&reason.render(Some(self.terminal)));
        self.printed(judged);
        let remaining = next.judgement.tests().iter().filter(|test| !test.verdict.passed()).count() - 1;
        if remaining > 0 {
            self.line("");
            let s = if remaining == 1 { "" } else { "s" };
            self.line(&format!(
                "After this test, {remaining} more test{s} of this quest remain{}.",
                if remaining == 1 { "s" } else { "" }
            ));
        }
        self.cap(next);
    }

    /// Explains why a quest with one failing test may have lost half of its points.
    fn cap(&mut self, next: &Next) {
        if next.judgement.points_without_cap().is_some() {
            let (points, of_points) = (next.judgement.points(), next.quest.meta.points);
            self.line("");
            self.line(&format!(
                "The scenario fails, so the quest earns at most half: {points} of its {of_points} points."
            ));
        }
    }

    fn printed(&mut self, judged: &TestResult) {
        if !judged.output.trim().is_empty() {
            self.line("");
            self.line("Your code printed:");
            self.out.push_str(&reason::last_lines(&judged.output));
        }
    }

    fn commands(&mut self, next: &Next) {
        let number = next.quest.number;
        let location = format!("{}:{}", next.location.file, next.location.line);
        if let Judgement::Rejected(Rejection::Unreadable(_)) = next.judgement {
            let reset = paint(CYAN, self.frontend.reset(number));
            self.line(&format!("Restore the stub (your file is backed up): {reset}"));
            return;
        }
        self.line(&format!("Edit   {}", paint(CYAN, location)));
        self.line(&format!("Then   {}", paint(CYAN, self.frontend.check())));
        self.line(&format!("Stuck? {}", paint(CYAN, self.frontend.next_hint(number))));
    }

    /// A learner who comes to a new quest has finished another one. Prints that; returns whether there was one.
    fn just_passed(&mut self, next: &Next) -> bool {
        let is_news = self.report.just_passed.is_some() || next.judgement.status() == QuestStatus::NotStarted;
        let Some(passed) = self.report.passed_last().filter(|_| is_news) else { return false };
        self.passed(passed);
        self.line("");
        true
    }

    /// What was learned, and what it leads to.
    fn passed(&mut self, quest: &Quest) {
        self.line(&paint(GREEN, format_args!("Quest {} passed: {}", quest.number, quest.meta.title)));
        self.prose(&quest.meta.done, "  ");
    }

    fn all_green(&mut self) {
        let Some(quest) = self.report.passed_last() else { return };
        let count = self.report.results.len();
        let is_whole = count == self.report.course.quests.len();
        if is_whole {
            self.farewell(count);
        }
        // Last, so that it stays in sight.
        self.passed(quest);
        self.line("");
        if count > 1 && !is_whole {
            self.line(&paint(GREEN, format_args!("All {count} quests that you asked for passed.")));
        }
        let following = self.report.course.quests.iter().find(|other| other.number > quest.number);
        if let Some(next) = following.filter(|_| !is_whole) {
            self.line(&format!("Next   quest {}: {}", next.number, next.meta.title));
            if self.frontend == Frontend::Cli {
                self.line(&format!("Then   {}", paint(CYAN, self.frontend.check())));
            }
        }
        if self.report.course.has_solutions() {
            let compare = paint(CYAN, format_args!("cargo xtask solution {}", quest.number));
            self.line(&format!("Compare with the reference: {compare}"));
        }
    }

    fn farewell(&mut self, count: usize) {
        self.line(&paint(
            GREEN,
            format_args!("All {count} quests passed. That was the last quest: the course is done."),
        ));
        for paragraph in farewell::BUILT {
            self.line("");
            self.prose(paragraph, "");
        }
        self.line("");
        self.line("Where to go next:");
        for (what, address) in farewell::NEXT {
            self.prose(what, "  ");
            self.line(&format!("    {}", paint(CYAN, address)));
        }
        self.line("");
    }

    fn prose(&mut self, text: &str, indent: &str) {
        let wrapped = wrap(text, self.terminal.width, indent);
        self.line(&wrapped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::Course;
    use crate::engine::verdict::Verdict;
    use std::path::Path;

    /// The rows of a small window, without the prompt or the line with the keys.
    const ROWS: usize = 23;

    fn judgement(quest: &Quest, verdict: &Verdict) -> Judgement {
        let judged = |test: &crate::course::Test| TestResult {
            name: test.name.clone(),
            points: test.points,
            verdict: verdict.clone(),
            output: String::new(),
            traces: Vec::new(),
        };
        Judgement::Observed(quest.tests().map(|(_, test)| judged(test)).collect())
    }

    #[test]
    fn what_has_passed_stays_in_sight_in_a_small_window() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the runner lies in the course").to_owned();
        let course = Course::read(root).expect("the course can be read");
        let todo = Verdict::NotStarted { panics: Vec::new() };
        for (index, quest) in course.quests.iter().enumerate() {
            let verdict = |other: usize| if other <= index { &Verdict::Passed } else { &todo };
            let results = course.quests.iter().enumerate();
            let results = results.map(|(other, quest)| (quest, judgement(quest, verdict(other)))).collect();
            let report = Report { course: &course, mode: Mode::Learner, results, just_passed: Some(quest.number) };
            for frontend in [Frontend::Cli, Frontend::Watch] {
                let text = render(&report, Terminal { width: 80, unicode: true }, frontend);
                let seen: Vec<&str> = text.lines().collect();
                let seen = seen[seen.len().saturating_sub(ROWS)..].join("\n");
                assert!(seen.contains(&format!("Quest {} passed", quest.number)), "{seen}");
            }
        }
    }

    #[test]
    fn the_quest_that_passed_last_is_named_and_not_the_last_one() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the runner lies in the course").to_owned();
        let course = Course::read(root).expect("the course can be read");
        let results = course.quests.iter().map(|quest| (quest, judgement(quest, &Verdict::Passed))).collect();
        let report = Report { course: &course, mode: Mode::Learner, results, just_passed: Some(3) };
        let text = render(&report, Terminal { width: 80, unicode: true }, Frontend::Watch);
        assert!(text.contains("Quest 3 passed") && !text.contains("Quest 10 passed"), "{text}");
    }
}
