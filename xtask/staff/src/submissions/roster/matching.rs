//! Which row of a roster belongs to which submission.
//!
//! A row with the name of a submission is found by that name. Other rows are found by the platform's number of the
//! learner, else by email or login, else by name: exactly first, then ignoring case and endings, and never if two could be
//! meant. Every comparison is of equal keys, so that maps find them in a class of any size.

use super::RosterEntry;
use crate::submissions::names;
use crate::submissions::source::FoundSubmission;
use std::borrow::Cow;
use std::collections::HashMap;

/// The columns with a platform's number of a learner.
const NUMBERS: [&str; 2] = ["moodle_id", "canvas_id"];

/// The columns that are different for every learner.
const KEYS: [&str; 4] = ["github_username", "email", "sis_login_id", "sis_user_id"];

/// A key by which a row and a submission are compared.
type Key<'a> = Cow<'a, str>;

/// What has been found so far.
pub struct Matches<'a> {
    rows: &'a [RosterEntry],
    sources: &'a [FoundSubmission],
    /// The index of the submission for each row.
    of_rows: Vec<Option<usize>>,
    /// Whether a submission has a row.
    has_row: Vec<bool>,
}

/// How exactly keys are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Precision {
    Exact,
    /// Without what one learner may have written in another way: capitals, and the ending of a file.
    Folded,
}

impl<'a> Matches<'a> {
    /// Finds all of them, the most certain ones first.
    pub fn find(rows: &'a [RosterEntry], sources: &'a [FoundSubmission]) -> Self {
        let mut found = Self { rows, sources, of_rows: vec![None; rows.len()], has_row: vec![false; sources.len()] };
        found.by_submission();
        for column in NUMBERS {
            found.assign(
                |row| row.of_platform(column).map(|cell| number(cell).into()),
                |source| source.cell(column).map(|cell| number(cell).into()).into_iter().collect(),
                |_, _| true,
            );
        }
        for precision in [Precision::Exact, Precision::Folded] {
            for column in KEYS {
                found.by_column(column, precision, |cell| cell.into());
            }
            found.by_column("name", precision, in_order);
        }
        found
    }

    /// The index of the submission for each row.
    pub fn into_rows(self) -> Vec<Option<usize>> {
        self.of_rows
    }

    /// The indexes of the submissions that no row belongs to.
    pub fn without_row(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.sources.len()).filter(|index| !self.has_row[*index])
    }

    /// Rows with the name of a submission.
    fn by_submission(&mut self) {
        let id = |source: &'a FoundSubmission| vec![Cow::from(&source.id)];
        self.assign(|row| row.submission.as_deref().map(names::id), id, |_, _| true);
        self.assign(|row| row.submission.is_some().then(|| row.id()), id, |_, _| true);
        for precision in [Precision::Exact, Precision::Folded] {
            self.assign(
                |row| row.submission.as_deref().map(|name| precision.of(names::id(names::without_ending(name)))),
                |source| vec![precision.of(names::without_ending(&source.id).into())],
                |_, _| true,
            );
        }
    }

    /// Rows of a platform's file, by a column that the submission's learner has, too, or that its id is taken from.
    fn by_column(&mut self, column: &str, precision: Precision, normal: fn(&str) -> Key<'_>) {
        self.assign(
            |row| row.of_platform(column).map(|cell| precision.of(normal(cell))),
            |source| {
                let without_ending = (precision == Precision::Folded).then(|| names::without_ending(&source.id));
                let texts = source.cell(column).into_iter().chain([source.id.as_str()]).chain(without_ending);
                texts.map(|text| precision.of(normal(text))).collect()
            },
            RosterEntry::may_be,
        );
    }

    /// Assigns rows to submissions that share a key and fit each other, and no other free row or submission.
    fn assign(
        &mut self,
        row_key: impl Fn(&'a RosterEntry) -> Option<Key<'a>>,
        source_keys: impl Fn(&'a FoundSubmission) -> Vec<Key<'a>>,
        fit: impl Fn(&RosterEntry, &FoundSubmission) -> bool,
    ) {
        let (rows, sources) = (self.rows, self.sources);
        let mut by_key: HashMap<Key, Vec<usize>> = HashMap::new();
        for row in (0..rows.len()).filter(|row| self.of_rows[*row].is_none()) {
            if let Some(key) = row_key(&rows[row]) {
                by_key.entry(key).or_default().push(row);
            }
        }
        let fitting = |index: usize| {
            let source = &sources[index];
            let mut keys = source_keys(source);
            keys.sort_unstable();
            keys.dedup();
            let candidates = keys.into_iter().filter_map(|key| by_key.get(&key)).flatten().copied();
            candidates.filter(|row| fit(&rows[*row], source)).collect::<Vec<usize>>()
        };
        let free: Vec<usize> = self.without_row().collect();
        let mut claims = vec![0_usize; rows.len()];
        for row in free.iter().flat_map(|index| fitting(*index)) {
            claims[row] += 1;
        }
        for index in free {
            if let [row] = fitting(index)[..]
                && claims[row] == 1
            {
                self.of_rows[row] = Some(index);
                self.has_row[index] = true;
            }
        }
    }
}

impl Precision {
    fn of(self, text: Key) -> Key {
        match self {
            Self::Exact => text,
            Self::Folded => text.to_lowercase().into(),
        }
    }
}

impl RosterEntry {
    /// The cell of a row that does not name its submission.
    fn of_platform(&self, column: &str) -> Option<&str> {
        self.cell(column).filter(|_| self.submission.is_none())
    }

    /// Whether nothing says that the submission is another learner's.
    fn may_be(&self, source: &FoundSubmission) -> bool {
        let differs = |column: &str, fold: fn(&str) -> Key<'_>| {
            self.cell(column).zip(source.cell(column)).is_some_and(|(one, other)| fold(one) != fold(other))
        };
        !NUMBERS.iter().any(|column| differs(column, |cell| number(cell).into()))
            && !KEYS.iter().any(|column| differs(column, |cell| cell.to_lowercase().into()))
    }
}

impl FoundSubmission {
    fn cell(&self, column: &str) -> Option<&str> {
        self.learner.get(column).map(String::as_str)
    }
}

/// `Participant 12345` and `012345` are the same as `12345`.
fn number(cell: &str) -> &str {
    let digits = &cell[cell.trim_end_matches(|c: char| c.is_ascii_digit()).len()..];
    if digits.is_empty() { cell } else { digits.trim_start_matches('0') }
}

/// `Lovelace, Ada` is `Ada Lovelace`.
fn in_order(name: &str) -> Cow<'_, str> {
    name.split_once(", ").map_or_else(|| name.into(), |(last, first)| format!("{first} {last}").into())
}
