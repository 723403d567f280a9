//! The file of a wrong program: a header, then the mistake as a unified diff against a correct program.
//!
//! ```text
//! caught by: tasks_run_in_the_order_they_were_put, what_a_task_puts_runs_after_what_was_queued
//! mistake: wrong-order
//! why: The queue is a stack, so the newest task runs first.
//! says: Which task does your loop take next: the one that waited longest, or the one that came last?
//!
//! --- a/solutions/src/quest_03_queue.rs
//! +++ b/solutions/src/quest_03_queue.rs
//! @@ -51,3 +51,3 @@
//! …
//! ```
//!
//! `git apply` applies it in a checkout. A program that has little in common with any correct one is a whole `.rs` file, with the
//! same header in its first lines, each after `//! `.

use super::mistake;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The number of context lines around each change.
const CONTEXT: usize = 2;

/// The first lines of a wrong program's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The tests that catch it, and possibly `seeds` or `some seeds`.
    pub caught_by: BTreeSet<String>,
    /// The name of its mistake, one of [`mistake::NAMES`].
    pub mistake: String,
    /// What is wrong, for authors.
    pub why: String,
    /// A sentence for a learner who has made the same mistake: a question rather than an answer.
    pub says: String,
}

/// A wrong program that is a diff.
#[derive(Debug)]
pub struct WrongDiff<'a> {
    pub header: Header,
    /// The correct program, relative to the course's folder.
    pub base: &'a str,
    header_text: &'a str,
    diff: &'a str,
}

/// What is wrong with the file of a wrong program. Lines are counted from 1.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongProgramError {
    #[error("line {line}: expected `{expected}: …`")]
    Header { line: usize, expected: &'static str },
    #[error("line {line}: `{name}` is not the name of a mistake; the names are: {}", mistake::NAMES.join(", "))]
    UnknownMistake { line: usize, name: String },
    #[error("line {line}: expected `--- a/FILE`, where FILE is a correct program of this quest")]
    NoBase { line: usize },
    #[error("line {line}: {base} is not a correct program of this quest: name its solution or one of its alternatives")]
    NoSuchBase { line: usize, base: String },
    #[error("line {line}: this is not a unified diff: {why}")]
    NotADiff { line: usize, why: String },
    #[error("line {line}: the diff changes nothing")]
    ChangesNothing { line: usize },
    #[error("line {line}: this change does not apply to {base}")]
    DoesNotApply { line: usize, base: String },
    #[error(
        "line {line}: the diff is not up to date with {base}: lines have moved, or it applies in more than one place"
    )]
    NotCurrent { line: usize, base: String },
}

impl Header {
    /// Reads the four lines of a header, each after `before`.
    pub fn read(text: &str, before: &str) -> Result<Self, WrongProgramError> {
        let mut lines = text.lines().zip(1..);
        let mut field = |expected: &'static str| {
            let (line, number) = lines.next().unwrap_or(("", 1));
            let value = line.strip_prefix(before).and_then(|line| line.strip_prefix(expected)?.strip_prefix(": "));
            value
                .map(str::trim)
                .filter(|value| !value.is_empty())
                .ok_or(WrongProgramError::Header { line: number, expected })
        };
        let caught_by = field("caught by")?;
        let caught_by = caught_by.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        let header = Self {
            caught_by: caught_by.collect(),
            mistake: field("mistake")?.to_owned(),
            why: field("why")?.to_owned(),
            says: field("says")?.to_owned(),
        };
        if !mistake::NAMES.contains(&header.mistake.as_str()) {
            return Err(WrongProgramError::UnknownMistake { line: 2, name: header.mistake });
        }
        Ok(header)
    }
}

impl<'a> WrongDiff<'a> {
    /// Parses the file of a wrong program.
    pub fn read(text: &'a str) -> Result<Self, WrongProgramError> {
        let header = Header::read(text, "")?;
        let start = text.find("\n--- ").map_or(text.len(), |at| at + 1);
        let (header_text, diff) = text.split_at(start);
        let line = header_text.lines().count() + 1;
        let first = diff.lines().next().unwrap_or_default();
        let base = first.strip_prefix("--- a/").map(str::trim_end).ok_or(WrongProgramError::NoBase { line })?;
        Ok(Self { header, base, header_text, diff })
    }

    /// Applies the diff to `base`, even if lines have moved.
    pub fn apply(&self, base: &str) -> Result<String, WrongProgramError> {
        let line = self.first_line();
        let patch = diffy::Patch::from_str(self.diff)
            .map_err(|error| WrongProgramError::NotADiff { line, why: error.to_string() })?;
        if patch.hunks().is_empty() {
            return Err(WrongProgramError::ChangesNothing { line });
        }
        let wrong = diffy::apply(base, &patch).map_err(|_| self.does_not_apply(base))?;
        if wrong == base { Err(WrongProgramError::ChangesNothing { line }) } else { Ok(wrong) }
    }

    /// The same, and the diff must be the one that [`write`] would write: then it fits in one place alone, says no more than
    /// the mistake, and its line numbers are true.
    pub fn apply_exactly(&self, base: &str) -> Result<String, WrongProgramError> {
        let wrong = self.apply(base)?;
        if diff(self.base, base, &wrong) == self.diff {
            Ok(wrong)
        } else {
            Err(WrongProgramError::NotCurrent { line: self.first_line(), base: self.base.to_owned() })
        }
    }

    /// This file with the same header, and the diff from `base` to `wrong`.
    pub fn rewritten(&self, base: &str, wrong: &str) -> String {
        format!("{}{}", self.header_text, diff(self.base, base, wrong))
    }

    /// The error if its base is not a correct program of the quest.
    pub fn no_such_base(&self) -> WrongProgramError {
        WrongProgramError::NoSuchBase { line: self.first_line(), base: self.base.to_owned() }
    }

    /// The line on which the diff begins.
    fn first_line(&self) -> usize {
        self.header_text.lines().count() + 1
    }

    /// The error for the first change that does not apply.
    fn does_not_apply(&self, base: &str) -> WrongProgramError {
        let starts = self.diff.lines().zip(self.first_line()..).filter(|(line, _)| line.starts_with("@@"));
        let ends = self.diff.match_indices("\n@@").skip(1).map(|(at, _)| at + 1).chain([self.diff.len()]);
        let does_not_fit = |end: usize| {
            let first_changes = diffy::Patch::from_str(&self.diff[..end]);
            first_changes.is_ok_and(|patch| diffy::apply(base, &patch).is_err())
        };
        let line = starts.zip(ends).find(|(_, end)| does_not_fit(*end)).map(|((_, line), _)| line);
        WrongProgramError::DoesNotApply { line: line.unwrap_or(self.first_line()), base: self.base.to_owned() }
    }
}

/// The file of a new wrong program, with a header to be filled in.
pub fn new(base_file: &str, base: &str, wrong: &str) -> String {
    let mut text = String::new();
    for (field, what) in [
        ("caught by", "TESTS, SEPARATED BY COMMAS"),
        ("mistake", "ITS NAME"),
        ("why", "What is wrong, in a sentence for authors."),
        ("says", "A question that helps a learner who has made this mistake?"),
    ] {
        let _ = writeln!(text, "{field}: {what}");
    }
    text + "\n" + &diff(base_file, base, wrong)
}

/// The unified diff of the program in `file`.
fn diff(file: &str, base: &str, wrong: &str) -> String {
    let mut options = diffy::DiffOptions::new();
    options
        .set_context_len(CONTEXT)
        .set_original_filename(format!("a/{file}"))
        .set_modified_filename(format!("b/{file}"));
    options.create_patch(base, wrong).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    const BASE: &str = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n";
    const FILE: &str = "solutions/src/quest_03_queue.rs";
    const HEADER: &str =
        "caught by: fifo, seeds\nmistake: wrong-order\nwhy: It is a stack.\nsays: Which comes first?\n";

    fn file(wrong: &str) -> String {
        format!("{HEADER}\n{}", diff(FILE, BASE, wrong))
    }

    #[test]
    fn a_mistake_is_read_with_its_header_and_made_in_its_base() {
        let wrong = BASE.replace("four", "FOUR").replace("five\n", "");
        let text = file(&wrong);
        let mistake = WrongDiff::read(&text).unwrap();
        assert_eq!(mistake.header.caught_by, BTreeSet::from(["fifo".to_owned(), "seeds".to_owned()]));
        assert_eq!(mistake.header.mistake, "wrong-order");
        assert_eq!(
            (mistake.header.why.as_str(), mistake.header.says.as_str()),
            ("It is a stack.", "Which comes first?")
        );
        assert_eq!(mistake.base, FILE);
        assert_eq!(mistake.apply_exactly(BASE), Ok(wrong));
    }

    #[test]
    fn a_header_lacks_no_line() {
        let text = file(&BASE.replace("four", "FOUR"));
        for (line, expected) in [(1, "caught by"), (2, "mistake"), (3, "why"), (4, "says")] {
            let others: Vec<&str> = text.lines().filter(|line| !line.starts_with(expected)).collect();
            let without = others.join("\n");
            assert_eq!(
                WrongDiff::read(&without).unwrap_err(),
                WrongProgramError::Header { line, expected },
                "{without}"
            );
            let empty = text.replacen(&format!("{expected}: "), &format!("{expected}: \n"), 1);
            assert_eq!(WrongDiff::read(&empty).unwrap_err(), WrongProgramError::Header { line, expected }, "{empty}");
        }
        let unknown = text.replace("wrong-order", "wrong-odor");
        assert_eq!(
            WrongDiff::read(&unknown).unwrap_err(),
            WrongProgramError::UnknownMistake { line: 2, name: "wrong-odor".into() }
        );
        assert_eq!(WrongDiff::read("").unwrap_err(), WrongProgramError::Header { line: 1, expected: "caught by" });
    }

    #[test]
    fn a_mistake_needs_a_base_and_a_change() {
        assert_eq!(WrongDiff::read(HEADER).unwrap_err(), WrongProgramError::NoBase { line: 5 });
        let no_change = format!("{HEADER}\n--- a/{FILE}\n+++ b/{FILE}\n");
        assert_eq!(
            WrongDiff::read(&no_change).unwrap().apply(BASE),
            Err(WrongProgramError::ChangesNothing { line: 6 })
        );
        let same = format!("{HEADER}\n--- a/{FILE}\n+++ b/{FILE}\n@@ -1,1 +1,1 @@\n-one\n+one\n");
        assert_eq!(WrongDiff::read(&same).unwrap().apply(BASE), Err(WrongProgramError::ChangesNothing { line: 6 }));
        let broken = format!("{HEADER}\n--- a/{FILE}\n+++ b/{FILE}\n@@ -1,9 +1,1 @@\n-one\n");
        assert!(matches!(
            WrongDiff::read(&broken).unwrap().apply(BASE),
            Err(WrongProgramError::NotADiff { line: 6, .. })
        ));
    }

    #[test]
    fn a_change_that_does_not_fit_is_named_by_its_line() {
        let text = file(&BASE.replace("one", "ONE").replace("eight", "EIGHT"));
        let mistake = WrongDiff::read(&text).unwrap();
        let line = text.lines().position(|line| line.starts_with("@@ -6")).unwrap() + 1;
        let changed = BASE.replace("seven", "7");
        assert_eq!(mistake.apply(&changed), Err(WrongProgramError::DoesNotApply { line, base: FILE.into() }));
        assert_eq!(
            mistake.apply(&BASE.replace("one", "1")),
            Err(WrongProgramError::DoesNotApply { line: 8, base: FILE.into() })
        );
    }

    #[test]
    fn a_diff_whose_lines_have_moved_is_applied_and_is_not_current() {
        let wrong = BASE.replace("four", "FOUR");
        let text = file(&wrong);
        let mistake = WrongDiff::read(&text).unwrap();
        let (base, moved) = (format!("zero\n{BASE}"), format!("zero\n{wrong}"));
        assert_eq!(mistake.apply(&base), Ok(moved.clone()));
        assert_eq!(mistake.apply_exactly(&base), Err(WrongProgramError::NotCurrent { line: 6, base: FILE.into() }));
        let rewritten = mistake.rewritten(&base, &moved);
        assert_eq!(WrongDiff::read(&rewritten).unwrap().apply_exactly(&base), Ok(moved));
    }

    #[test]
    fn a_diff_that_is_made_already_does_not_apply_again() {
        let wrong = BASE.replace("four", "FOUR");
        let text = file(&wrong);
        let applied_again = WrongDiff::read(&text).unwrap().apply(&wrong);
        assert!(matches!(applied_again, Err(WrongProgramError::DoesNotApply { line: 8, .. })), "{applied_again:?}");
    }

    #[test]
    fn a_diff_that_fits_in_two_places_is_current_in_one_alone() {
        let twice = "a\nb\nc\nx\na\nb\nc\n";
        let wrong = "a\nb\nc\nx\na\nB\nc\n";
        let text = format!("{HEADER}\n{}", diff(FILE, twice, wrong).replace("@@ -4,4 +4,4", "@@ -1,4 +1,4"));
        let mistake = WrongDiff::read(&text).unwrap();
        assert!(mistake.apply_exactly(twice).is_err());
    }
}
