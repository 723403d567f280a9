//! The learners, and which submission belongs to whom: from `roster.csv`, or from what a platform exports.
//!
//! A row with the name of a submission is found by that name. Other rows are found by the platform's number of the learner, else by
//! email or login, else by name: exactly first, then ignoring case, and never if two could be meant.

use super::archive::Format;
use super::names;
use super::source::{FoundSubmission, SubmissionPath};
use crate::text::encoding::Encoding;
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
    /// The name of the submission as the file has it, escaped; none in a platform's file.
    submission: Option<String>,
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
        let (text, _) = Encoding::decode(content)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        if let Some(roster) = Self::of_classroom(text) {
            return Ok(roster);
        }
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

    /// The roster that GitHub Classroom exports.
    fn of_classroom(text: &str) -> Option<Self> {
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let columns: Vec<String> = reader.headers().ok()?.iter().map(column).collect();
        let is_classrooms =
            ["identifier", "github_username"].iter().all(|name| columns.iter().any(|column| column == name));
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

    /// The roster of these learners, as a platform's file describes them.
    pub fn of_learners(learners: impl IntoIterator<Item = BTreeMap<String, String>>) -> Self {
        let entry = |(line, learner): (u64, BTreeMap<String, String>)| RosterEntry {
            line,
            submission: None,
            learner: learner.into_iter().map(|(column, cell)| (column, bounded_cell(&cell))).collect(),
        };
        Self { rows: (2..).zip(learners).map(entry).collect() }
    }

    /// Assigns learners to submissions, and adds those who handed in nothing. Returns notes for the teacher.
    pub fn introduce(&self, sources: &mut Vec<FoundSubmission>) -> Vec<String> {
        let matches = self.matches(sources);
        let notes = (0..sources.len())
            .filter(|index| !matches.contains(&Some(*index)) && sources[*index].place != SubmissionPath::Missing)
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
    fn matches(&self, sources: &[FoundSubmission]) -> Vec<Option<usize>> {
        let mut matches = vec![None; self.rows.len()];
        let by_name = |row: &RosterEntry, source: &FoundSubmission, fit: fn(&RosterEntry, &str, &str) -> bool| {
            row.submission.as_deref().is_some_and(|name| fit(row, name, &source.id))
        };
        self.assign(&mut matches, sources, |row, source| by_name(row, source, |_, name, id| names::id(name) == id));
        self.assign(&mut matches, sources, |row, source| by_name(row, source, |row, _, id| row.id() == id));
        self.assign(&mut matches, sources, |row, source| {
            by_name(row, source, |row, _, id| row.id().to_lowercase() == id.to_lowercase())
        });
        for column in NUMBERS {
            self.assign(&mut matches, sources, |row, source| {
                row.submission.is_none()
                    && row.cell(column).is_some_and(|cell| source.number(column) == Some(number(cell)))
            });
        }
        for fold in [|text: &str| text.to_owned(), |text: &str| text.to_lowercase()] {
            for column in KEYS {
                self.assign(&mut matches, sources, |row, source| {
                    let cell = row.cell(column).map(fold);
                    cell.is_some()
                        && (cell == source.cell(column).map(fold) || cell == Some(fold(&source.id)))
                        && row.may_be(source)
                });
            }
            self.assign(&mut matches, sources, |row, source| {
                let name = row.cell("name").map(|name| fold(&in_order(name)));
                let is_it = |other: &str| name.as_deref() == Some(&fold(&in_order(other)));
                name.is_some() && (source.cell("name").is_some_and(is_it) || is_it(&source.id)) && row.may_be(source)
            });
        }
        matches
    }

    /// Assigns rows to submissions that match each other, and no other free row or submission.
    fn assign(
        &self,
        matches: &mut [Option<usize>],
        sources: &[FoundSubmission],
        fit: impl Fn(&RosterEntry, &FoundSubmission) -> bool,
    ) {
        let free_rows: Vec<usize> = (0..matches.len()).filter(|row| matches[*row].is_none()).collect();
        let free_ids: Vec<usize> = (0..sources.len()).filter(|id| !matches.contains(&Some(*id))).collect();
        let fit = |row: usize, id: usize| fit(&self.rows[row], &sources[id]);
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
        let submission = Some(escape(&submission));
        Ok(Self { line, submission, learner })
    }

    /// The id of the submission: its name without an archive's extension. In a platform's file, the learner's name and number.
    fn id(&self) -> Cow<'_, str> {
        let Some(submission) = &self.submission else {
            let parts = ["name", "email", "identifier", "moodle_id", "canvas_id", "github_username"];
            let parts: Vec<&str> = parts.iter().filter_map(|column| self.cell(column)).collect();
            return names::id(&parts.join(" ")).into_owned().into();
        };
        names::id(Format::stem(submission).unwrap_or(submission))
    }

    fn cell(&self, column: &str) -> Option<&str> {
        self.learner.get(column).map(String::as_str)
    }

    /// Whether nothing says that the submission is another learner's.
    fn may_be(&self, source: &FoundSubmission) -> bool {
        let is_other = |column: &str| match (self.cell(column), source.cell(column)) {
            (Some(one), Some(other)) => one.to_lowercase() != other.to_lowercase(),
            _ => false,
        };
        let has_other_number = |column: &str| {
            self.cell(column).zip(source.cell(column)).is_some_and(|(one, other)| number(one) != number(other))
        };
        self.submission.is_none()
            && !NUMBERS.iter().any(|column| has_other_number(column))
            && !KEYS.iter().any(|column| is_other(column))
    }
}

impl FoundSubmission {
    fn cell(&self, column: &str) -> Option<&str> {
        self.learner.get(column).map(String::as_str)
    }

    fn number(&self, column: &str) -> Option<&str> {
        self.cell(column).map(number)
    }
}

/// The columns with a platform's number of a learner.
const NUMBERS: [&str; 2] = ["moodle_id", "canvas_id"];

/// The columns that are different for every learner.
const KEYS: [&str; 4] = ["github_username", "email", "sis_login_id", "sis_user_id"];

/// `Participant 12345` and `012345` are the same as `12345`.
fn number(cell: &str) -> &str {
    let digits = &cell[cell.trim_end_matches(|c: char| c.is_ascii_digit()).len()..];
    if digits.is_empty() { cell } else { digits.trim_start_matches('0') }
}

/// `Lovelace, Ada` is `Ada Lovelace`.
fn in_order(name: &str) -> String {
    name.split_once(", ").map_or_else(|| name.to_owned(), |(last, first)| format!("{first} {last}"))
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
