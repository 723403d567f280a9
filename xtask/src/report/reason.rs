//! Explains to a learner why a test fails.

use super::side_by_side::{self, Marks};
use super::std_calls;
use crate::course::{Quest, Test, parse_package};
use crate::engine::cargo_build::Diagnostic;
use crate::engine::launcher;
use crate::engine::verdict::Verdict;
use crate::picture::{self, Drawing};
use crate::terminal::style::{CYAN, DIM, GREEN, RED, Terminal, YELLOW, paint};
use observe::Panic;
use std::fmt::{Display, Write as _};
use timeline::{Timeline, TraceEvent};

/// A verdict, and what explains it.
#[derive(Debug, Clone, Copy)]
pub struct Reason<'a> {
    pub quest: &'a Quest,
    pub test: &'a Test,
    pub verdict: &'a Verdict,
    /// What the clock noted in the test.
    pub traces: &'a [Vec<TraceEvent>],
    /// The learner's file, if the verdict is on one.
    pub source: Option<SourceFile<'a>>,
}

/// A learner's file.
#[derive(Debug, Clone, Copy)]
pub struct SourceFile<'a> {
    /// Its path, as it is shown.
    pub file: &'a str,
    pub text: &'a str,
}

impl Reason<'_> {
    /// The explanation, in colour. With a terminal for it, a picture of what was expected and what was seen follows.
    pub fn render(&self, picture: Option<Terminal>) -> String {
        let mut words = ReasonWriter::default();
        words.verdict(self, picture);
        words.out
    }

    /// The other quests on whose code the test runs.
    fn other_quests(&self) -> impl Iterator<Item = u32> {
        let others = self.quest.package_of(self.test).quests.iter().filter(|quest| **quest != self.quest.package);
        others.filter_map(|quest| Some(parse_package(quest)?.0))
    }
}

/// The compiler's first messages, with its own colours.
pub fn compiler(errors: &[Diagnostic]) -> String {
    let mut words = ReasonWriter::default();
    let said: String = errors.iter().map(|error| error.rendered.as_str()).collect();
    words.first_lines(&said, COMPILER_LINES);
    if !errors.is_empty() && errors.iter().all(is_at_a_call) {
        words.line(
            "The error is where your code is called, in the quest's tests or demo. Did you change a name or a \
             signature from the stub?",
        );
    }
    words.out
}

fn is_at_a_call(error: &Diagnostic) -> bool {
    error.location.as_ref().is_some_and(|location| {
        let file = &location.file;
        file.contains("/tests/") || file.ends_with("/src/main.rs") || file.contains("/examples/")
    })
}

/// The last lines of what a program printed, indented.
pub fn last_lines(text: &str) -> String {
    let mut words = ReasonWriter::default();
    words.last_lines(text);
    words.out
}

/// How many of the last lines of the learner's own output are shown.
const OUTPUT_LINES: usize = 20;

/// How many characters of each of those lines are shown.
const OUTPUT_COLUMNS: usize = 200;

/// How many lines of the compiler's messages are shown: further errors often follow from the first.
const COMPILER_LINES: usize = 60;

#[derive(Default)]
struct ReasonWriter {
    out: String,
}

impl ReasonWriter {
    fn line(&mut self, line: impl Display) {
        let _ = writeln!(self.out, "{line}");
    }

    /// Every line of `block`, indented.
    fn block(&mut self, block: &str) {
        for line in block.lines() {
            self.line(format_args!("    {line}"));
        }
    }

    fn verdict(&mut self, reason: &Reason, picture: Option<Terminal>) {
        match reason.verdict {
            Verdict::Passed => {}
            Verdict::NotStarted { panics } => self.not_started(reason, panics),
            Verdict::Wrong { expected, seen } => self.wrong(expected, seen, reason.traces, picture),
            Verdict::Panicked { panics, so_far } => {
                self.line(paint(RED, "Your code panicked:"));
                self.panics(panics);
                self.so_far(so_far);
            }
            Verdict::Deadlocked { report, so_far } => {
                self.line(paint(RED, "Deadlock: every thread waits, and nothing is left that could wake one."));
                self.block(report);
                self.so_far(so_far);
            }
            Verdict::OutOfTime => self.line(paint(
                RED,
                format_args!(
                    "Out of time: it did not finish within {} seconds of CPU time. Is there a loop that never ends?",
                    launcher::TEST_SECONDS
                ),
            )),
            Verdict::BlockedOutside => self.blocked_outside(reason.source),
            Verdict::TooMuchOutput => {
                self.line(paint(RED, "Too much output: it printed more than 4 MiB. Does a loop print forever?"));
            }
            Verdict::TooMuchWritten => {
                self.line(paint(RED, "Too much written: its files take up over 256 MiB. Does a loop write forever?"));
            }
            Verdict::TooManyThreads => self.line(paint(
                RED,
                format_args!(
                    "Too many threads: it had more than {} at once. Does a loop spawn them forever?",
                    launcher::TEST_THREADS
                ),
            )),
            Verdict::OutOfMemory => {
                self.line(paint(RED, "Out of memory: it asked for more than 2 GiB. Does something grow forever?"));
            }
            Verdict::StackOverflow => {
                self.line(paint(RED, "Stack overflow: a function called itself too deeply. Should it be a loop?"));
            }
            Verdict::Disturbed { how } => {
                self.line(paint(YELLOW, format_args!("No verdict: {how}.")));
                self.line("That says nothing about your code. Try again.");
            }
            Verdict::Ended { how } => self.line(paint(RED, format_args!("Ended early: {how}."))),
            Verdict::NotBuilt { errors } => self.not_built(reason, errors),
            Verdict::Missing => self.line(paint(
                RED,
                "The test is missing from tests/quest.rs. Either the course is broken, or the file was changed: `git checkout` restores it.",
            )),
        }
    }

    fn not_started(&mut self, reason: &Reason, panics: &[Panic]) {
        let reached = |quest: &str| panics.iter().any(|panic| panic.location.replace('\\', "/").contains(quest));
        let own = format!("{}/src/", reason.quest.package);
        match reason.other_quests().find(|_| !reached(&own)) {
            Some(quest) => self.runs_on(quest, "is not finished"),
            None => self.line("Not started: this is the next thing to write."),
        }
    }

    fn not_built(&mut self, reason: &Reason, errors: &[Diagnostic]) {
        match reason.other_quests().next() {
            Some(quest) if errors.is_empty() => self.runs_on(quest, "is missing, is rejected or does not compile"),
            Some(quest) => self.line(paint(
                RED,
                format_args!(
                    "This test calls your quests {} and {quest}, and does not compile. Did you change a name or a signature?",
                    reason.quest.number
                ),
            )),
            None => self.line(paint(RED, "This test does not compile:")),
        }
        self.out.push_str(&compiler(errors));
    }

    fn runs_on(&mut self, quest: u32, how: &str) {
        self.line(paint(YELLOW, format_args!("This test runs on your code from quest {quest}, which {how}.")));
        self.line(format_args!("First  {}", paint(CYAN, format_args!("cargo xtask check {quest}"))));
    }

    fn wrong(&mut self, expected: &str, seen: &str, traces: &[Vec<TraceEvent>], picture: Option<Terminal>) {
        if seen.is_empty() {
            self.line(paint(RED, "Nothing was recorded. Expected:"));
            return self.block(expected);
        }
        let are_timelines = expected.parse::<Timeline>().is_ok() && seen.parse::<Timeline>().is_ok();
        let what = if are_timelines {
            "The timeline differs from the expected one"
        } else {
            "The observation differs from the expected one"
        };
        let Some(terminal) = picture else { return self.line(format_args!("{}.", paint(RED, what))) };
        if !are_timelines {
            self.line(paint(RED, format_args!("{what}.")));
            self.line("expected:");
            self.block(&paint_lines(expected, GREEN));
            self.line("seen:");
            return self.block(&paint_lines(seen, RED));
        }
        self.line(paint(RED, format_args!("{what}:")));
        self.line("");
        if let Some(drawing) =
            picture::of_first_difference(expected, seen, traces, terminal).filter(Drawing::adds_information)
        {
            self.out.push_str(&drawing.text);
            self.line("");
        }
        let picture =
            side_by_side::render(expected, seen, terminal.width, Marks::for_terminal(terminal), |line, differs| {
                if differs { paint(RED, line) } else { line.to_owned() }
            });
        self.out.push_str(&picture);
    }

    fn panics(&mut self, panics: &[Panic]) {
        for panic in panics.iter().take(3) {
            self.block(&panic.message);
            self.line(paint(DIM, format_args!("    at {} in thread {}", panic.location, panic.thread)));
        }
    }

    fn so_far(&mut self, so_far: &str) {
        if !so_far.trim().is_empty() {
            self.line("Recorded up to that point:");
            self.last_lines(so_far);
        }
    }

    fn blocked_outside(&mut self, source: Option<SourceFile>) {
        self.line(paint(
            RED,
            "Blocked outside virtual time: it sleeps or waits in real time, while the tests' clock stands still.",
        ));
        self.line("Blocking code uses thread, Mutex, Condvar, mpsc and Instant from `timeline`, not from `std`.");
        self.line("Async code sleeps with `tokio::time::sleep`.");
        let Some(SourceFile { file, text }) = source else { return };
        for finding in std_calls::find(text) {
            self.line(format_args!("    {file}:{}: {}; use {}", finding.line, finding.found, finding.instead));
        }
    }

    fn first_lines(&mut self, text: &str, most: usize) {
        let lines: Vec<&str> = text.trim_end().lines().collect();
        for line in lines.iter().take(most) {
            self.line(line);
        }
        if lines.len() > most {
            self.line(format_args!("({} more lines)", lines.len() - most));
        }
    }

    fn last_lines(&mut self, text: &str) {
        let lines: Vec<&str> = text.lines().collect();
        let hidden = lines.len().saturating_sub(OUTPUT_LINES);
        if hidden > 0 {
            self.line(format_args!("    ({hidden} earlier lines)"));
        }
        for line in &lines[hidden..] {
            self.line(format_args!("    {}", truncate(line)));
        }
    }
}

/// A line of output, cut to what fits a terminal.
fn truncate(line: &str) -> String {
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
