//! Limits how much submitted text goes into results and reports. Verdicts and points never change.

use crate::model::{GradedSubmission, Grades, QuestGrade, TestGrade};
use crate::text::escape::{escape_again, escape_lines};
use crate::text::truncate::{MAX_LINE, MAX_TEXT, truncate, truncate_line, truncate_pair};
use observe::Panic;
use xtask::engine::verdict::{TestResult, Verdict};

/// The maximum number of remarks on what was handed in.
const MAX_REMARKS: usize = 20;

/// The maximum number of bytes in all texts of one quest in a submission.
pub const MAX_QUEST: usize = 48 << 10;

/// Shortens the texts of a verdict, since those of all tests of a submission are in memory at once.
pub fn abridged(mut judged: TestResult) -> TestResult {
    // Only pictures need the trace.
    judged.traces = Vec::new();
    judged.output = last_lines(&judged.output);
    match &mut judged.verdict {
        Verdict::Wrong { expected, seen } => (*expected, *seen) = truncate_pair(expected, seen, MAX_TEXT),
        Verdict::Panicked { panics, so_far } => {
            truncate_panics(panics);
            *so_far = last_lines(so_far);
        }
        Verdict::Deadlocked { report, so_far } => {
            *report = truncate(report, MAX_TEXT);
            *so_far = last_lines(so_far);
        }
        Verdict::NotStarted { panics } => truncate_panics(panics),
        _ => {}
    }
    judged
}

fn truncate_panics(panics: &mut Vec<Panic>) {
    // Reports show fewer.
    const MOST: usize = 16;
    panics.truncate(MOST);
    for panic in panics {
        panic.message = truncate(&panic.message, MAX_TEXT / 4);
        panic.location = truncate_line(&panic.location, MAX_LINE);
        panic.thread = truncate_line(&panic.thread, MAX_LINE);
    }
}

/// Replaces all but the last lines by empty ones. Reports show the last lines, and count the others.
fn last_lines(text: &str) -> String {
    const SHOWN: usize = 64;
    let hidden = text.lines().count().saturating_sub(SHOWN);
    let shown = text.lines().skip(hidden).map(|line| truncate_line(line, 4 * MAX_LINE) + "\n");
    "\n".repeat(hidden) + &shown.collect::<String>()
}

impl QuestGrade {
    /// Shortens all texts to what reports have room for.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        let mut most = MAX_TEXT;
        self.truncate_texts(most);
        // A single text may use the whole budget of the quest.
        while self.size() > MAX_QUEST && most > MAX_LINE {
            most /= 2;
            self.truncate_texts(most);
        }
        self
    }

    fn truncate_texts(&mut self, most: usize) {
        self.detail = truncate(&escape_lines(&self.detail), most);
        self.file = self.file.take().map(|file| truncate_line(&escape_again(&file), MAX_LINE));
        for test in &mut self.tests {
            test.truncate_texts(most);
        }
    }

    fn size(&self) -> usize {
        self.detail.len() + self.tests.iter().map(TestGrade::size).sum::<usize>()
    }
}

impl TestGrade {
    fn truncate_texts(&mut self, most: usize) {
        self.name = truncate_line(&escape_again(&self.name), MAX_LINE);
        self.verdict = truncate_line(&escape_again(&self.verdict), MAX_LINE);
        self.why = truncate(&escape_lines(&self.why), most);
        self.output = truncate(&escape_lines(&self.output), most);
        let (expected, seen) =
            (self.expected.take().map(|text| escape_lines(&text)), self.seen.take().map(|text| escape_lines(&text)));
        (self.expected, self.seen) = match (expected, seen) {
            (Some(expected), Some(seen)) => {
                let (expected, seen) = truncate_pair(&expected, &seen, most);
                (Some(expected), Some(seen))
            }
            (expected, seen) => (expected.map(|text| truncate(&text, most)), seen.map(|text| truncate(&text, most))),
        };
    }

    fn size(&self) -> usize {
        let optional = [&self.expected, &self.seen].into_iter().flatten().map(String::len).sum::<usize>();
        self.name.len() + self.verdict.len() + self.why.len() + self.output.len() + optional
    }
}

impl GradedSubmission {
    /// Shortens all texts to what reports have room for.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        self.id = truncate_line(&escape_again(&self.id), MAX_LINE);
        self.problem = self.problem.take().map(|problem| truncate(&escape_lines(&problem), MAX_TEXT));
        self.remarks.truncate(MAX_REMARKS);
        for line in self.remarks.iter_mut().chain(self.learner.values_mut()) {
            *line = truncate_line(&escape_again(line), MAX_LINE);
        }
        self.quests = std::mem::take(&mut self.quests).into_iter().map(QuestGrade::bounded).collect();
        self
    }
}

impl Grades {
    /// Shortens all texts to what reports have room for. The results of this grader are short enough already.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        self.title = truncate_line(&escape_again(&self.title), MAX_LINE);
        self.submissions = std::mem::take(&mut self.submissions).into_iter().map(GradedSubmission::bounded).collect();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_of_a_test_with_ninety_thousand_events_takes_little_memory() {
        let events = |name: &str| format!("1000 ms  {name}  an event\n").repeat(90_000);
        let judged = |verdict| TestResult {
            name: "flood".into(),
            points: 1,
            verdict,
            output: events("output"),
            traces: Vec::new(),
        };
        let panic =
            |_| Panic { message: "long ".repeat(9_000), location: "long ".repeat(900), thread: "long ".repeat(900) };
        for verdict in [
            Verdict::Wrong { expected: events("expected"), seen: events("seen") },
            Verdict::Panicked { panics: (0..100).map(panic).collect(), so_far: events("so far") },
            Verdict::Deadlocked { report: events("report"), so_far: events("so far") },
            Verdict::NotStarted { panics: (0..100).map(panic).collect() },
        ] {
            let size = |judged: &TestResult| format!("{judged:?}").len();
            let long = judged(verdict);
            assert!(size(&long) > 64 * MAX_TEXT);
            let short = abridged(long);
            // Each omitted line leaves an empty one, which is two characters in debug output.
            let most = 16 * MAX_TEXT + 2 * 2 * 90_000;
            assert!(size(&short) <= most, "{}: {}", short.verdict.name(), size(&short));
        }
    }
}
