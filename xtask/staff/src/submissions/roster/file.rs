//! Reads a roster: a CSV file with a column `submission`, or the one that GitHub Classroom exports.

use super::{Roster, RosterEntry, bounded_cell};
use crate::text::encoding::Encoding;
use crate::text::escape::escape;
use csv::{ReaderBuilder, StringRecord};
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use xtask::exit::UsageError;

/// The column with the learner's submission.
const SUBMISSION: &str = "submission";

impl Roster {
    /// Reads the file.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let content = fs::read(path)
            .map_err(|error| UsageError(format!("the roster {} cannot be read: {error}", path.display())))?;
        Self::parse(&content).map_err(|why| UsageError(format!("the roster {}: {why}", path.display())).into())
    }

    pub(super) fn parse(content: &[u8]) -> Result<Self, String> {
        let (text, _) = Encoding::decode(content)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        if let Some(roster) = Self::of_classroom(text) {
            return Ok(roster);
        }
        let (separator, columns) = columns(text)?;
        let mut rows: Vec<RosterEntry> = Vec::new();
        let mut lines: HashMap<String, u64> = HashMap::new();
        for record in ReaderBuilder::new().delimiter(separator).from_reader(text.as_bytes()).records() {
            let record = record.map_err(|error| in_words(&error))?;
            // Spreadsheets write empty rows as rows of separators.
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let row = RosterEntry::new(&columns, &record)?;
            if let Some(line) = lines.insert(row.id().into_owned(), row.line) {
                return Err(format!("lines {line} and {} both have the submission `{}`", row.line, row.id()));
            }
            rows.push(row);
        }
        Ok(Self { rows })
    }

    /// The roster that GitHub Classroom exports.
    fn of_classroom(text: &str) -> Option<Self> {
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let columns: Vec<String> = reader.headers().ok()?.iter().map(column).collect();
        let is_classrooms =
            ["identifier", "github_username"].iter().all(|name| columns.iter().any(|column| column == name))
                && !columns.iter().any(|column| column == SUBMISSION);
        let cells = |record: StringRecord| {
            let cells = columns.iter().cloned().zip(record.iter().map(|cell| cell.trim().to_owned()));
            let mut learner: BTreeMap<String, String> = cells.filter(|(_, cell)| !cell.is_empty()).collect();
            if let Some(email) = learner.get("identifier").filter(|identifier| identifier.contains('@')).cloned() {
                learner.insert("email".to_owned(), email);
            }
            learner
        };
        is_classrooms
            .then(|| Self::of_learners(reader.records().flatten().map(cells).filter(|learner| !learner.is_empty())))
    }
}

impl RosterEntry {
    fn new(columns: &[String], record: &StringRecord) -> Result<Self, String> {
        let line = record.position().map_or(0, csv::Position::line);
        let mut learner: BTreeMap<String, String> = columns
            .iter()
            .zip(record)
            .map(|(column, cell)| (column, cell.trim()))
            .filter(|(column, cell)| !column.is_empty() && !cell.is_empty())
            .map(|(column, cell)| {
                (column.clone(), if column == SUBMISSION { cell.to_owned() } else { bounded_cell(cell) })
            })
            .collect();
        let submission =
            learner.remove(SUBMISSION).ok_or_else(|| format!("line {line} has an empty column `{SUBMISSION}`"))?;
        let submission = Some(escape(&submission));
        Ok(Self { line, submission, learner })
    }
}

/// Detects the separator and the names of the columns from the header.
fn columns(text: &str) -> Result<(u8, Vec<String>), String> {
    for separator in *b",;\t" {
        let mut reader = ReaderBuilder::new().delimiter(separator).from_reader(text.as_bytes());
        let header = reader.headers().map_err(|error| in_words(&error))?;
        let columns: Vec<String> = header.iter().map(column).collect();
        if columns.iter().any(|name| name == SUBMISSION) {
            let twice =
                columns.iter().enumerate().find(|(index, name)| !name.is_empty() && columns[..*index].contains(name));
            return match twice {
                Some((_, name)) => Err(format!("two columns are named `{name}`")),
                None => Ok((separator, columns)),
            };
        }
    }
    Err(format!("its first line has no column `{SUBMISSION}` with the names of the submissions"))
}

/// The normalized name of a column: `SIS User ID` is `sis_user_id`.
fn column(header: &str) -> String {
    let words = header.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}

fn in_words(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { pos: Some(position), expected_len, len } => {
            format!(
                "line {} has {len} cells, but the first line has {expected_len}; does a cell with a separator lack quotes?",
                position.line()
            )
        }
        _ => error.to_string(),
    }
}
