//! What people read: a line a quest, then the one thing to do next. Plain lines, nothing cleared, no terminal needed.

use super::look::{BOLD, CYAN, DIM, GREEN, Look, RED, YELLOW, paint};
use super::{Next, Report, scan, side_by_side};
use crate::course::Quest;
use crate::engine::limits;
use crate::engine::verdict::{Judged, Judgement, Progress, Verdict};
use crate::state::Mode;
use observe::Panic;
use std::fmt::Write as _;
use std::fs;
use timeline::Timeline;

/// Lines of the learner's own output that are shown, the last ones.
const OUTPUT_LINES: usize = 20;

/// Characters of each of those lines that are shown.
const OUTPUT_COLUMNS: usize = 200;

/// Lines of the compiler's words that are shown: further errors often follow from the first.
const COMPILER_LINES: usize = 60;

/// The whole text of `check`.
pub fn render(report: &Report, look: Look) -> String {
    let mut text = Text { report, look, out: String::new() };
    if report.mode == Mode::Reference {
        text.line(&paint(YELLOW, "Reference mode: this judges the course's solutions, not your work."));
    }
    for (quest, judgement) in &report.results {
        text.summary(quest, judgement);
    }
    text.line("");
    match report.next() {
        Some(next) => text.next(&next),
        None => text.all_green(),
    }
    text.out
}

/// How far a quest is, in words.
pub fn progress(judgement: &Judgement) -> String {
    let red = judgement.tests().iter().filter(|test| !test.verdict.passed()).count();
    let all = judgement.tests().len();
    match judgement.progress() {
        Progress::Green => "passed".into(),
        Progress::NotStarted => "not started".into(),
        Progress::Underway => format!("{red} of {all} tests to go"),
        Progress::Red => format!("{red} of {all} tests red"),
        Progress::DoesNotCompile => "does not compile".into(),
        Progress::Unreadable => "cannot be read".into(),
        Progress::Refused => "refused".into(),
    }
}

struct Text<'a> {
    report: &'a Report<'a>,
    look: Look,
    out: String,
}

impl Text<'_> {
    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    /// Every line of `block`, indented.
    fn block(&mut self, block: &str) {
        for line in block.lines() {
            let _ = writeln!(self.out, "    {line}");
        }
    }

    fn summary(&mut self, quest: &Quest, judgement: &Judgement) {
        let widest = self.report.course.quests.iter().map(|quest| quest.name.len()).max().unwrap_or(0);
        let mark = self.look.mark(judgement.progress());
        let points = format!("{}/{}", judgement.points(), quest.facts.points);
        let line = format!("{mark} {:>2} {:<widest$} {points:>6}  {}", quest.number, quest.name, progress(judgement));
        self.line(&line);
    }

    fn next(&mut self, next: &Next) {
        let quest = next.quest;
        self.line(&paint(BOLD, format_args!("Quest {}: {}", quest.number, quest.facts.title)));
        if next.judgement.progress() == Progress::NotStarted {
            self.line(&format!("Here is where you start. {}", quest.facts.teaches.trim_end()));
            self.line(&format!("The quest takes about {} minutes.", quest.facts.minutes));
            self.line(&format!("First read the lesson: {}/README.md", quest.package));
        }
        self.line("");
        match next.judgement {
            Judgement::Unreadable(why) => self.line(&format!("{}.", paint(RED, why))),
            Judgement::Refused(refused) => {
                self.line(&paint(RED, format_args!("Refused: line {} holds {}.", refused.line, refused.what)));
                self.line(&refused.why);
            }
            Judgement::DoesNotCompile(errors) => {
                self.line(&paint(RED, "It does not compile yet. The compiler says:"));
                let words: String = errors.iter().map(|error| error.rendered.as_str()).collect();
                self.line("");
                self.first_lines(&words, COMPILER_LINES);
                if errors
                    .iter()
                    .all(|error| error.place.as_ref().is_some_and(|place| place.file.ends_with("tests/quest.rs")))
                {
                    self.line("The error is in the quest's tests: is a name or a signature in your file not the one the stub had?");
                }
            }
            Judgement::Observed(_) => self.red_test(next),
        }
        self.line("");
        self.commands(next);
    }

    fn red_test(&mut self, next: &Next) {
        let Some((step, test, judged)) = next.red else { return };
        let steps = &next.quest.facts.steps;
        let number = steps.iter().position(|other| std::ptr::eq(other, step)).map_or(1, |index| index + 1);
        self.line(&format!("Step {number} of {}: {}", steps.len(), paint(BOLD, &step.title)));
        self.line(&format!("Test {}: {}", paint(DIM, &test.name), test.says));
        self.line("");
        self.verdict(next, &judged.verdict);
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
    }

    fn verdict(&mut self, next: &Next, verdict: &Verdict) {
        match verdict {
            Verdict::Passed => {}
            Verdict::NotStarted { panics } => self.not_started(next, panics),
            Verdict::Wrong { expected, seen } => self.wrong(expected, seen),
            Verdict::Panicked { panics, so_far } => {
                self.line(&paint(RED, "Your code panicked:"));
                self.panics(panics);
                self.so_far(so_far);
            }
            Verdict::Deadlocked { report, so_far } => {
                self.line(&paint(RED, "Deadlock: everything waits, and nothing is left that could end the wait."));
                self.block(report);
                self.so_far(so_far);
            }
            Verdict::OutOfTime => self.line(&paint(
                RED,
                format_args!("Out of time: it did not end within {} seconds of work. Does a loop never stop?", limits::TEST_SECONDS),
            )),
            Verdict::BlockedOutside => self.blocked_outside(next.quest),
            Verdict::TooMuchOutput => self.line(&paint(RED, "Too much output: it printed more than 4 MiB. Does a loop print for ever?")),
            Verdict::OutOfMemory => self.line(&paint(RED, "Out of memory: it asked for more than 2 GiB. Does something grow for ever?")),
            Verdict::StackOverflow => self.line(&paint(RED, "Stack overflow: a function called itself too often. Does it need a loop?")),
            Verdict::Disturbed { how } => {
                self.line(&paint(YELLOW, format_args!("Nothing is known: {how}.")));
                self.line("That is no fault of your code. Try again.");
            }
            Verdict::Ended { how } => self.line(&paint(RED, format_args!("Ended early: {how}."))),
            Verdict::Needs { quest } => {
                self.line(&paint(YELLOW, format_args!("This test runs on your quest {quest}, which is refused or does not compile.")));
                self.line(&format!("First  {}", paint(CYAN, format_args!("cargo xtask check {quest}"))));
            }
            Verdict::Missing => self.line(&paint(
                RED,
                "The test is missing in tests/quest.rs. That is a fault of the course, or the file was changed: `git checkout` brings it back.",
            )),
        }
    }

    fn not_started(&mut self, next: &Next, panics: &[Panic]) {
        let needs = next.red.and_then(|(_, test, _)| test.needs);
        let is_own = panics.iter().any(|panic| panic.location.replace('\\', "/").contains(&next.quest.package));
        match needs {
            Some(quest) if !is_own => {
                self.line(&paint(YELLOW, format_args!("This test runs on your quest {quest}, which is not finished.")));
                self.line(&format!("First  {}", paint(CYAN, format_args!("cargo xtask check {quest}"))));
            }
            _ => self.line("Not started: this is the next thing to write."),
        }
    }

    fn wrong(&mut self, expected: &str, seen: &str) {
        if seen.is_empty() {
            self.line(&paint(RED, "Nothing was recorded. Expected:"));
            return self.block(expected);
        }
        if expected.parse::<Timeline>().is_err() || seen.parse::<Timeline>().is_err() {
            self.line(&paint(RED, "Something else was observed."));
            self.line("expected:");
            self.block(&paint_lines(expected, GREEN));
            self.line("seen:");
            return self.block(&paint_lines(seen, RED));
        }
        self.line(&paint(RED, "Something else happened than expected:"));
        self.line("");
        let picture = side_by_side::render(expected, seen, self.look.width, self.look.marks(), |line, differs| {
            if differs { paint(RED, line) } else { line.to_owned() }
        });
        self.out.push_str(&picture);
    }

    fn panics(&mut self, panics: &[Panic]) {
        for panic in panics.iter().take(3) {
            self.block(&panic.message);
            self.line(&paint(DIM, format_args!("    at {} in thread {}", panic.location, panic.thread)));
        }
    }

    fn so_far(&mut self, so_far: &str) {
        if !so_far.trim().is_empty() {
            self.line("Recorded until then:");
            self.last_lines(so_far);
        }
    }

    fn printed(&mut self, judged: &Judged) {
        if !judged.output.trim().is_empty() {
            self.line("");
            self.line("Your code printed:");
            self.last_lines(&judged.output);
        }
    }

    fn blocked_outside(&mut self, quest: &Quest) {
        self.line(&paint(
            RED,
            "Blocked outside virtual time: it sleeps or waits for real, and the tests' time stands still.",
        ));
        self.line("Blocking code takes thread, Mutex, Condvar, mpsc and Instant from `timeline`, not from `std`.");
        self.line("Async code sleeps with `tokio::time::sleep`.");
        let Ok(source) = fs::read_to_string(quest.learner()) else { return };
        if self.report.mode == Mode::Learner {
            let file = self.report.course.relative(&quest.learner()).display().to_string();
            for finding in scan::std_calls(&source) {
                self.line(&format!("    {file}:{}: {}; use {}", finding.line, finding.found, finding.instead));
            }
        }
    }

    fn commands(&mut self, next: &Next) {
        let number = next.quest.number;
        let place = format!("{}:{}", next.place.file.display(), next.place.line);
        if let Judgement::Unreadable(_) = next.judgement {
            self.line(&format!(
                "The starting point back, your file kept: {}",
                paint(CYAN, format_args!("cargo xtask reset {number}"))
            ));
            return;
        }
        self.line(&format!("Edit   {}", paint(CYAN, place)));
        self.line(&format!("Then   {}", paint(CYAN, format_args!("cargo xtask check"))));
        self.line(&format!("Stuck? {}", paint(CYAN, format_args!("cargo xtask hint {number}"))));
    }

    fn all_green(&mut self) {
        let last = self.report.results.last().map(|(quest, _)| *quest);
        let Some(quest) = last else { return };
        match self.report.results.len() {
            1 => self.line(&paint(GREEN, format_args!("Quest {} passed.", quest.number))),
            count => self.line(&paint(GREEN, format_args!("All {count} quests passed."))),
        }
        self.line(&quest.facts.done);
        let following = self.report.course.quests.iter().find(|other| other.number > quest.number);
        self.line("");
        match following {
            Some(next) => {
                self.line(&format!("Next   quest {}: {}", next.number, next.facts.title));
                self.line(&format!("Then   {}", paint(CYAN, "cargo xtask check")));
            }
            None => self.line("That was the last quest."),
        }
        self.line(&format!(
            "Compare with the reference: {}",
            paint(CYAN, format_args!("cargo xtask solution {}", quest.number))
        ));
    }

    fn last_lines(&mut self, text: &str) {
        let lines: Vec<&str> = text.lines().collect();
        let hidden = lines.len().saturating_sub(OUTPUT_LINES);
        if hidden > 0 {
            self.line(&format!("    ({hidden} more lines before)"));
        }
        let shortened: Vec<String> = lines[hidden..].iter().map(|line| shorten(line)).collect();
        self.block(&shortened.join("\n"));
    }

    fn first_lines(&mut self, text: &str, most: usize) {
        let lines: Vec<&str> = text.trim_end().lines().collect();
        for line in lines.iter().take(most) {
            self.line(line);
        }
        if lines.len() > most {
            self.line(&format!("({} more lines)", lines.len() - most));
        }
    }
}

/// A line of output, without what no terminal has room for.
fn shorten(line: &str) -> String {
    let rest = line.chars().count().saturating_sub(OUTPUT_COLUMNS);
    if rest == 0 {
        return line.to_owned();
    }
    let start: String = line.chars().take(OUTPUT_COLUMNS).collect();
    format!("{start} ({rest} more characters)")
}

fn paint_lines(text: &str, style: anstyle::Style) -> String {
    text.lines().map(|line| paint(style, line) + "\n").collect()
}
