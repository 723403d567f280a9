//! The learners, and which submission belongs to whom: from `roster.csv`, or from what a platform exports.
//!
//! - `file`: reads a file of our own, or the one that GitHub Classroom exports
//! - `matching`: which row belongs to which submission

mod file;
mod matching;
#[cfg(test)]
mod tests;

use super::names;
use super::source::{FoundSubmission, SubmissionPath};
use crate::text::escape::escape_again;
use crate::text::truncate::{MAX_LINE, truncate_line};
use matching::Matches;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The learners, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    rows: Vec<RosterEntry>,
}

/// A learner.
#[derive(Debug, Clone, PartialEq, Eq)]
struct RosterEntry {
    /// The line in the file, for messages.
    line: u64,
    /// The name of the submission as the file has it, escaped; none in a platform's file.
    submission: Option<String>,
    /// The other columns that are not empty: `name`, `email`, …
    learner: BTreeMap<String, String>,
}

impl Roster {
    /// The roster of these learners, as a platform's file describes them.
    pub fn of_learners(learners: impl IntoIterator<Item = BTreeMap<String, String>>) -> Self {
        let entry = |(line, learner): (u64, BTreeMap<String, String>)| RosterEntry {
            line,
            submission: None,
            learner: learner.into_iter().map(|(column, cell)| (column, bounded_cell(&cell))).collect(),
        };
        Self { rows: (2..).zip(learners).map(entry).collect() }
    }

    /// Assigns learners to submissions, and adds those who handed in nothing. Returns the ids of the submissions
    /// without a row: whoever handed them in looks absent.
    pub fn introduce(&self, sources: &mut Vec<FoundSubmission>) -> Vec<String> {
        let matches = Matches::find(&self.rows, sources);
        let unmatched = matches.without_row().map(|index| &sources[index]);
        let unmatched = unmatched.filter(|source| source.place != SubmissionPath::Missing);
        let unmatched: Vec<String> = unmatched.map(|source| source.id.clone()).collect();
        for (row, found) in self.rows.iter().zip(matches.into_rows()) {
            let learner = row.learner.clone();
            if let Some(index) = found {
                sources[index].learner.extend(learner);
            } else {
                let missing = FoundSubmission::new(SubmissionPath::Missing);
                sources.push(FoundSubmission { id: row.id().into_owned(), learner, ..missing });
            }
        }
        unmatched
    }
}

impl RosterEntry {
    /// The id of the submission: its name without an archive's ending. In a platform's file, the learner's name and
    /// number.
    fn id(&self) -> Cow<'_, str> {
        let Some(submission) = &self.submission else {
            let parts = ["name", "email", "identifier", "moodle_id", "canvas_id", "github_username"];
            let parts: Vec<&str> = parts.iter().filter_map(|column| self.cell(column)).collect();
            return names::id(&parts.join(" ")).into_owned().into();
        };
        names::id(names::without_archives_ending(submission))
    }

    fn cell(&self, column: &str) -> Option<&str> {
        self.learner.get(column).map(String::as_str)
    }
}

/// A cell as reports show it.
fn bounded_cell(cell: &str) -> String {
    truncate_line(&escape_again(cell), MAX_LINE)
}
