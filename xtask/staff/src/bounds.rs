//! How much of what submissions say goes into the reports. Nothing that counts is changed.

use crate::model::{Grades, QuestGrade, TestGrade};
use crate::text::escape::{escape_again, escape_lines};
use crate::text::truncate::{MAX_LINE, MAX_TEXT, truncate, truncate_line, truncate_pair};
use observe::Panic;
use xtask::engine::verdict::{Judged, Verdict};

/// Bytes of all texts of one quest in a submission.
pub const MAX_QUEST: usize = 48 << 10;

/// The same verdict, with no more of what the test said than reports tell: the texts of all tests of a submission are in memory at once.
pub fn abridged(mut judged: Judged) -> Judged {
    // Notes stand in pictures alone.
    judged.notes = Vec::new();
    judged.output = last_lines(&judged.output);
    match &mut judged.verdict {
        Verdict::Wrong { expected, seen } => (*expected, *seen) = truncate_pair(expected, seen, MAX_TEXT),
        Verdict::Panicked { panics, so_far } => {
            panics.iter_mut().for_each(truncate_panic);
            *so_far = last_lines(so_far);
        }
        Verdict::Deadlocked { report, so_far } => {
            *report = truncate(report, MAX_TEXT);
            *so_far = last_lines(so_far);
        }
        Verdict::NotStarted { panics } => panics.iter_mut().for_each(truncate_panic),
        _ => {}
    }
    judged
}

fn truncate_panic(panic: &mut Panic) {
    panic.message = truncate(&panic.message, MAX_TEXT / 4);
    panic.location = truncate_line(&panic.location, MAX_LINE);
    panic.thread = truncate_line(&panic.thread, MAX_LINE);
}

/// The last lines, with an empty one for each before them: reports show those, and count these.
fn last_lines(text: &str) -> String {
    const SHOWN: usize = 64;
    let hidden = text.lines().count().saturating_sub(SHOWN);
    let shown = text.lines().skip(hidden).map(|line| truncate_line(line, 4 * MAX_LINE) + "\n");
    "\n".repeat(hidden) + &shown.collect::<String>()
}

impl QuestGrade {
    /// The same grade, of which no more is told than reports have room for. Nothing that counts is changed.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        let mut most = MAX_TEXT;
        self.truncate_texts(most);
        // A text may have what others leave. Few quests have so much to tell.
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

impl Grades {
    /// The same grades, of which no more is told than reports have room for. What this grader found out is so already.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        self.title = truncate_line(&escape_again(&self.title), MAX_LINE);
        for submission in &mut self.submissions {
            submission.id = truncate_line(&escape_again(&submission.id), MAX_LINE);
            submission.problem = submission.problem.take().map(|problem| truncate(&escape_lines(&problem), MAX_TEXT));
            for cell in submission.learner.values_mut() {
                *cell = truncate_line(&escape_again(cell), MAX_LINE);
            }
            submission.quests = std::mem::take(&mut submission.quests).into_iter().map(QuestGrade::bounded).collect();
        }
        self
    }
}
