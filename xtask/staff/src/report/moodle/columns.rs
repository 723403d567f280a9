//! Finds the columns of Moodle's grading worksheet. Its headers are in the language of the person who downloaded it, so columns are
//! detected by their content:
//!
//! - Participants: the first column in which all cells are the same words followed by distinct numbers.
//! - Maximum grade: a column with the same number in every row. The column before it has the grades: empty cells and numbers.
//!   Moodle always puts them side by side.
//! - Emails: the first column in which every cell that is not empty contains an `@`.

use crate::points::Points;
use std::collections::HashSet;
use std::fmt;
use xtask::exit::UsageError;

/// The cells of a worksheet with at least one row.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    pub header: &'a [String],
    pub rows: &'a [Vec<String>],
}

/// A grade as Moodle writes it in any language: `30`, `30.00` or `30,00`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    whole: u32,
    /// Without trailing zeros.
    fraction: String,
}

impl<'a> Table<'a> {
    pub fn participant(self) -> Option<usize> {
        (0..self.header.len()).find(|&column| {
            let numbers: HashSet<&str> = self.cells(column).map(number_at_the_end).collect();
            let mut words = self.cells(column).map(|cell| &cell[..cell.len() - number_at_the_end(cell).len()]);
            let first = words.next();
            numbers.len() == self.rows.len() && !numbers.contains("") && words.all(|words| Some(words) == first)
        })
    }

    pub fn email(self) -> Option<usize> {
        (0..self.header.len()).find(|&column| {
            let mut filled = self.cells(column).filter(|cell| !cell.is_empty()).peekable();
            filled.peek().is_some() && filled.all(|cell| cell.contains('@'))
        })
    }

    /// The column for grades, if there is exactly one candidate.
    pub fn find_grade(self) -> anyhow::Result<usize> {
        let participant = self.participant();
        let is_grade = |cell: &str| cell.is_empty() || Decimal::parse(cell).is_some();
        let found: Vec<usize> = (0..self.header.len())
            .filter(|&column| Some(column) != participant)
            .filter(|&column| self.cells(column).all(is_grade) && self.one_number(column + 1).is_some())
            .collect();
        let problem_with = |problem: &str, columns: &str| {
            usage(&format!(
                "{problem} in the worksheet; name it with --moodle-grade-column NAME. The columns are: {columns}"
            ))
        };
        match found[..] {
            [column] => Ok(column),
            [] => Err(problem_with(
                "found no column for grades followed by the maximum grade",
                &self.names(0..self.header.len()),
            )),
            _ => Err(problem_with("found more than one column that may hold the grades", &self.names(found))),
        }
    }

    /// The column with this name.
    pub fn named(self, name: &str) -> anyhow::Result<usize> {
        let found = self.header.iter().position(|header| header.trim() == name.trim());
        found.ok_or_else(|| {
            let columns = self.names(0..self.header.len());
            usage(&format!("the worksheet has no column {name:?} (--moodle-grade-column); the columns are: {columns}"))
        })
    }

    /// The positive number that every row of a column contains, if so.
    pub fn one_number(self, column: usize) -> Option<Decimal> {
        let mut cells = self.cells(column).map(Decimal::parse);
        let first = cells.next()?.filter(|number| !number.is(Points::ZERO))?;
        cells.all(|number| number.as_ref() == Some(&first)).then_some(first)
    }

    fn cells(self, column: usize) -> impl Iterator<Item = &'a str> {
        self.rows.iter().map(move |row| row.get(column).map(|cell| cell.trim()).unwrap_or_default())
    }

    fn names(self, columns: impl IntoIterator<Item = usize>) -> String {
        columns.into_iter().map(|column| format!("{:?}", self.header[column])).collect::<Vec<_>>().join(", ")
    }
}

/// The digits at the end of a text.
pub fn number_at_the_end(text: &str) -> &str {
    let text = text.trim();
    let words = text.trim_end_matches(|c: char| c.is_ascii_digit());
    &text[words.len()..]
}

/// An error in a file or an option from the instructor.
pub fn usage(message: &str) -> anyhow::Error {
    UsageError(message.to_owned()).into()
}

impl Decimal {
    /// The number in a cell.
    pub fn parse(cell: &str) -> Option<Self> {
        let (whole, fraction) = cell.split_once(['.', ',']).unwrap_or((cell, "0"));
        let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
        if !digits(whole) || !digits(fraction) {
            return None;
        }
        Some(Self { whole: whole.parse().ok()?, fraction: fraction.trim_end_matches('0').to_owned() })
    }

    /// Whether it equals this number of points.
    pub fn is(&self, points: Points) -> bool {
        self.to_string() == points.to_string()
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.whole)?;
        if self.fraction.is_empty() { Ok(()) } else { write!(f, ".{}", self.fraction) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sheet {
        header: Vec<String>,
        rows: Vec<Vec<String>>,
    }

    /// A sheet whose cells are separated by bars.
    fn sheet(text: &str) -> Sheet {
        let cells = |line: &str| line.split('|').map(str::to_owned).collect::<Vec<_>>();
        let mut lines = text.lines();
        Sheet { header: cells(lines.next().expect("a header")), rows: lines.map(cells).collect() }
    }

    impl Sheet {
        fn table(&self) -> Table<'_> {
            Table { header: &self.header, rows: &self.rows }
        }
    }

    #[test]
    fn the_participants_column_has_the_same_words_and_distinct_numbers() {
        assert_eq!(sheet("Id|Name|No\nP 1|A 1|5\nP 2|B 2|6").table().participant(), Some(0));
        assert_eq!(sheet("Name|Id\nA 1|参与者1\nB 2|参与者2").table().participant(), Some(1));
        assert_eq!(sheet("Id|Name\nP 1|A\nP 1|B").table().participant(), None);
        assert_eq!(sheet("Id|Name\nP 1|A\nP|B").table().participant(), None);
    }

    #[test]
    fn the_emails_column_may_have_gaps() {
        assert_eq!(sheet("Id|Note|Mail\nP 1|a@b|\nP 2|c|a@b").table().email(), Some(2));
        assert_eq!(sheet("Id|Mail\nP 1|\nP 2|").table().email(), None);
    }

    #[test]
    fn the_grades_column_is_the_one_before_the_maximum() {
        let found = |text| sheet(text).table().find_grade().map_err(|error| error.to_string());
        assert_eq!(found("Id|Team|Grade|Max|Note\nP 1|1||30|\nP 2|2|7,5|30,00|"), Ok(2));
        assert_eq!(found("Id|Grade|Max\nP 1|30|30\nP 2|30|30"), Ok(1), "full marks for all are no maximum's column");
        let scale = found("Id|Grade|Scale\nP 1||good bad\nP 2|good|good bad").expect_err("a scale has no maximum");
        assert!(
            scale.contains("--moodle-grade-column NAME") && scale.contains("\"Id\", \"Grade\", \"Scale\""),
            "{scale}"
        );
        let two = found("Id|Marker|Grade|Max\nP 1||9|10\nP 2||9|10").expect_err("two could be meant");
        assert!(two.ends_with("found more than one column that may hold the grades in the worksheet; name it with --moodle-grade-column NAME. The columns are: \"Marker\", \"Grade\""), "{two}");
    }

    #[test]
    fn a_column_can_be_named() {
        assert_eq!(sheet("Id|Grade \nP 1|").table().named("Grade").ok(), Some(1));
        let error = sheet("Id|Grade\nP 1|").table().named("Note").expect_err("there is none").to_string();
        assert!(error.ends_with("the columns are: \"Id\", \"Grade\""), "{error}");
    }

    #[test]
    fn a_decimal_is_read_in_every_language() {
        for text in ["30", "30.00", "30,0"] {
            assert!(Decimal::parse(text).is_some_and(|number| number.is(30.into())), "{text}");
        }
        for text in ["", "-", "3 0", "-1", "1.", ".5", "1.000,00", "10%"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
        assert_eq!(Decimal::parse("7,50").map(|number| number.to_string()), Some("7.5".into()));
    }
}
