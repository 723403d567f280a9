//! `roster.csv`: the learners, and which submission belongs to whom.

use super::archive::ArchiveKind;
use super::names;
use super::source::{FoundSubmission, SubmissionPath};
use crate::text::escape::{escape, escape_again};
use crate::text::truncate::{MAX_LINE, truncate_line};
use csv::{ReaderBuilder, StringRecord};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use xtask::exit::UsageError;

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
    /// The name of the submission as the file has it, escaped.
    submission: String,
    /// The other columns that are not empty: `name`, `email`, …
    learner: BTreeMap<String, String>,
}

/// The column with the learner's submission.
const SUBMISSION: &str = "submission";

impl Roster {
    /// Reads the file.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let content = fs::read(path)
            .map_err(|error| UsageError(format!("the roster {} cannot be read: {error}", path.display())))?;
        Self::parse(&content).map_err(|why| UsageError(format!("the roster {}: {why}", path.display())).into())
    }

    fn parse(content: &[u8]) -> Result<Self, String> {
        let text =
            std::str::from_utf8(content).map_err(|_| "it is not UTF-8; save it again as `CSV UTF-8`".to_owned())?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (separator, columns) = columns(text)?;
        let mut rows: Vec<RosterEntry> = Vec::new();
        for record in ReaderBuilder::new().delimiter(separator).from_reader(text.as_bytes()).records() {
            let record = record.map_err(|error| in_words(&error))?;
            // Spreadsheets write empty rows as rows of separators.
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let row = RosterEntry::new(&columns, &record)?;
            if let Some(other) = rows.iter().find(|other| other.id() == row.id()) {
                let id = row.id();
                return Err(format!("lines {} and {} both have the submission `{id}`", other.line, row.line));
            }
            rows.push(row);
        }
        Ok(Self { rows })
    }

    /// Assigns learners to submissions, and adds those who handed in nothing. Returns notes for the teacher.
    pub fn introduce(&self, sources: &mut Vec<FoundSubmission>) -> Vec<String> {
        let matches = self.matches(&sources.iter().map(|source| source.id.clone()).collect::<Vec<_>>());
        let notes = (0..sources.len())
            .filter(|index| !matches.contains(&Some(*index)))
            .map(|index| {
                format!("the roster has no row for the submission `{}`; it is graded anyway", sources[index].id)
            })
            .collect();
        for (row, found) in self.rows.iter().zip(matches) {
            let learner = row.learner.clone();
            match found {
                Some(index) => sources[index].learner.extend(learner),
                None => {
                    sources.push(FoundSubmission {
                        id: row.id().into_owned(),
                        learner,
                        ..FoundSubmission::new(SubmissionPath::Missing)
                    });
                }
            }
        }
        notes
    }

    /// The index of the submission for each row. Names are compared exactly first, then without an archive's extension, then
    /// ignoring case.
    fn matches(&self, ids: &[String]) -> Vec<Option<usize>> {
        let mut matches = vec![None; self.rows.len()];
        self.assign(&mut matches, ids, |row, id| names::id(&row.submission) == id);
        self.assign(&mut matches, ids, |row, id| row.id() == id);
        self.assign(&mut matches, ids, |row, id| row.id().to_lowercase() == id.to_lowercase());
        matches
    }

    /// Assigns rows to ids that match each other, and no other free row or id.
    fn assign(&self, matches: &mut [Option<usize>], ids: &[String], fit: impl Fn(&RosterEntry, &str) -> bool) {
        let free_rows: Vec<usize> = (0..matches.len()).filter(|row| matches[*row].is_none()).collect();
        let free_ids: Vec<usize> = (0..ids.len()).filter(|id| !matches.contains(&Some(*id))).collect();
        let fit = |row: usize, id: usize| fit(&self.rows[row], &ids[id]);
        for row in &free_rows {
            let mut fitting = free_ids.iter().filter(|id| fit(*row, **id));
            if let (Some(id), None) = (fitting.next(), fitting.next())
                && free_rows.iter().filter(|row| fit(**row, *id)).count() == 1
            {
                matches[*row] = Some(*id);
            }
        }
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
        let submission = escape(&submission);
        Ok(Self { line, submission, learner })
    }

    /// The id of the submission: its name without an archive's extension.
    fn id(&self) -> Cow<'_, str> {
        names::id(ArchiveKind::split(&self.submission).map_or(&self.submission, |(stem, _)| stem))
    }
}

/// A cell as reports show it.
fn bounded_cell(cell: &str) -> String {
    truncate_line(&escape_again(cell), MAX_LINE)
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn sources(ids: &[&str]) -> Vec<FoundSubmission> {
        let folder = |id: &&str| FoundSubmission {
            id: (*id).to_owned(),
            ..FoundSubmission::new(SubmissionPath::Folder(PathBuf::from(id)))
        };
        ids.iter().map(folder).collect()
    }

    /// The names that the submissions get.
    fn names(roster: &str, ids: &[&str]) -> Vec<(String, String)> {
        let mut sources = sources(ids);
        Roster::parse(roster.as_bytes()).unwrap().introduce(&mut sources);
        let name = |source: FoundSubmission| (source.id, source.learner.get("name").cloned().unwrap_or_default());
        sources.into_iter().map(name).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(id, name)| ((*id).to_owned(), (*name).to_owned())).collect()
    }

    fn problem(roster: impl AsRef<[u8]>) -> String {
        Roster::parse(roster.as_ref()).unwrap_err()
    }

    #[test]
    fn spreadsheets_files_are_understood() {
        let excel =
            "\u{feff}Submission;Name;SIS User ID;;\r\nanna;\"M\u{fc}ller; Anna\";\" 007 \";;\r\n;;;;\r\nben;Ben;;;\r\n";
        let roster = Roster::parse(excel.as_bytes()).unwrap();
        assert_eq!(roster.rows.len(), 2);
        assert_eq!(
            roster.rows[0].learner,
            BTreeMap::from([("name".into(), "M\u{fc}ller; Anna".into()), ("sis_user_id".into(), "007".into())])
        );
        assert_eq!(roster.rows[1].learner, BTreeMap::from([("name".into(), "Ben".into())]));
        let plain = "e-mail,submission\na@b.example,anna";
        assert_eq!(Roster::parse(plain.as_bytes()).unwrap().rows[0].learner["e_mail"], "a@b.example");
        assert_eq!(names("name\tsubmission\nAnna, A.\tanna\n", &["anna"]), pairs(&[("anna", "Anna, A.")]));
    }

    #[test]
    fn a_row_finds_its_submission_exactly_then_without_ending_then_in_any_case() {
        let roster = "submission,name\nanna,A\nben.zip,B\nCarl.TAR.GZ,C\n";
        let found = names(roster, &["ben", "anna", "carl"]);
        assert_eq!(found, pairs(&[("ben", "B"), ("anna", "A"), ("carl", "C")]));
        // A folder may have a name like an archive's.
        assert_eq!(names("submission,name\nanna.zip,A\n", &["anna.zip"]), pairs(&[("anna.zip", "A")]));
    }

    #[test]
    fn the_exact_name_comes_first_and_case_is_no_guess() {
        let archives = "submission,name\nANNA.zip,big\nanna.zip,small\n";
        assert_eq!(names(archives, &["anna"]), pairs(&[("anna", "small"), ("ANNA", "big")]));
        let both = "submission,name\nANNA,big\nanna,small\n";
        assert_eq!(names(both, &["anna"]), pairs(&[("anna", "small"), ("ANNA", "big")]));
        assert_eq!(
            names("submission,name\nAnna,A\n", &["ANNA", "anna"]),
            pairs(&[("ANNA", ""), ("anna", ""), ("Anna", "A")])
        );
        assert_eq!(names(both, &["Anna"]), pairs(&[("Anna", ""), ("ANNA", "big"), ("anna", "small")]));
    }

    #[test]
    fn learners_without_a_submission_are_listed_and_unknown_ones_noted() {
        let mut sources = sources(&["bob"]);
        let notes = Roster::parse(b"submission\nanna.zip\n").unwrap().introduce(&mut sources);
        assert_eq!(sources[1].id, "anna");
        assert_eq!(sources[1].place, SubmissionPath::Missing);
        assert_eq!(notes.len(), 1);
        assert!(notes[0].contains("no row for the submission `bob`"), "{notes:?}");
    }

    #[test]
    fn two_rows_for_one_submission_are_an_error_that_names_both_lines() {
        let twice = problem("submission,name\nanna,A\nben,B\nanna.zip,C\n");
        assert_eq!(twice, "lines 2 and 4 both have the submission `anna`");
    }

    #[test]
    fn errors_are_reported_with_their_line() {
        assert!(problem("name\nAnna\n").contains("no column `submission`"));
        assert!(problem("").contains("no column `submission`"));
        assert!(problem("submission,name\nanna,A\n,B\n").starts_with("line 3 has an empty column"));
        assert!(problem("submission,name\nanna,M\u{fc}ller, Anna\n").starts_with("line 2 has 3 cells"));
        assert!(problem("submission,Name,name\n").contains("two columns are named `name`"));
        assert!(problem(b"submission\nZo\xeb\n").contains("not UTF-8"));
    }

    #[test]
    fn a_roster_that_is_not_there_is_the_teachers_error() {
        let error = Roster::read(Path::new("no-such-roster.csv")).unwrap_err();
        assert!(error.is::<UsageError>());
        assert!(error.to_string().contains("no-such-roster.csv"), "{error}");
    }
}
