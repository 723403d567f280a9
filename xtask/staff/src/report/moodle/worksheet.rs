//! Reads and writes Moodle's grading worksheet.

use super::columns::{Decimal, Table, number_at_the_end, usage};
use crate::points::Points;
use csv::{QuoteStyle, ReaderBuilder, Terminator, WriterBuilder};
use std::collections::BTreeMap;

/// The byte order mark that Moodle and spreadsheets write.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A worksheet with detected columns.
#[derive(Debug, Clone)]
pub struct Worksheet {
    dialect: CsvDialect,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    participant: Option<usize>,
    email: Option<usize>,
    grade: usize,
}

/// How the file is formatted. It is written in the same way.
#[derive(Debug, Clone, Copy)]
pub struct CsvDialect {
    mark: bool,
    separator: u8,
    windows: bool,
}

impl Worksheet {
    /// Parses a worksheet. `grade` is the name of the column for grades, if the instructor has named it.
    pub fn read(text: &str, grade: Option<&str>) -> anyhow::Result<Self> {
        let dialect = CsvDialect::of(text);
        let records = dialect.read(text).map_err(|error| usage(&format!("the worksheet is not valid CSV: {error}")))?;
        let mut rows = records.into_iter();
        let header = rows.next().ok_or_else(|| usage("the worksheet is empty; download it again from Moodle"))?;
        let rows: Vec<_> = rows.collect();
        if rows.is_empty() {
            return Err(usage("the worksheet has a header, but no rows; download it again from Moodle"));
        }
        let table = Table { header: &header, rows: &rows };
        let (participant, email) = (table.participant(), table.email());
        if participant.is_none() && email.is_none() {
            return Err(usage(
                "the worksheet has neither a column of participants, as in \"Participant 12345\", nor one of emails; \
                 is it the grading worksheet of a Moodle assignment?",
            ));
        }
        let grade = grade.map_or_else(|| table.find_grade(), |name| table.named(name))?;
        Ok(Self { dialect, header, rows, participant, email, grade })
    }

    /// The index of each row with its participant's number.
    pub fn participants(&self) -> impl Iterator<Item = (usize, &str)> {
        self.cells(self.participant).map(|(row, cell)| (row, number_at_the_end(cell)))
    }

    /// The index of each row with its email.
    pub fn emails(&self) -> impl Iterator<Item = (usize, &str)> {
        self.cells(self.email).filter(|(_, cell)| !cell.is_empty())
    }

    /// The maximum grade, if the column after the grades contains it.
    pub fn maximum(&self) -> Option<Decimal> {
        Table { header: &self.header, rows: &self.rows }.one_number(self.grade + 1)
    }

    pub fn set_grade(&mut self, row: usize, points: Points) {
        let row = &mut self.rows[row];
        if row.len() <= self.grade {
            row.resize(self.grade + 1, String::new());
        }
        row[self.grade] = points.to_string();
    }

    /// The file, in its original format.
    pub fn write(&self) -> String {
        self.dialect.write(std::iter::once(&self.header).chain(&self.rows))
    }

    /// What the file says about each participant, by the columns of a roster. The full name follows the participant's number.
    pub fn people(&self) -> Vec<BTreeMap<String, String>> {
        let columns = [
            (self.participant, "moodle_id"),
            (self.participant.map(|column| column + 1), "name"),
            (self.email, "email"),
        ];
        let person = |row: &Vec<String>| {
            let cells = columns.iter().filter_map(|(column, ours)| {
                let cell = row.get((*column)?)?.trim();
                let cell = if *ours == "moodle_id" { number_at_the_end(cell) } else { cell };
                // Without names, another column is there.
                let is_it = !cell.is_empty() && (*ours != "name" || Some((*column)?) != self.email);
                is_it.then(|| ((*ours).to_owned(), cell.to_owned()))
            });
            cells.collect::<BTreeMap<_, _>>()
        };
        self.rows.iter().map(person).filter(|person| !person.is_empty()).collect()
    }

    fn cells(&self, column: Option<usize>) -> impl Iterator<Item = (usize, &str)> {
        self.rows.iter().enumerate().filter_map(move |(number, row)| Some((number, row.get(column?)?.trim())))
    }
}

impl CsvDialect {
    /// The cells of each row.
    pub fn read(self, text: &str) -> Result<Vec<Vec<String>>, csv::Error> {
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.separator)
            .from_reader(text.as_bytes());
        reader.records().map(|record| Ok(record?.iter().map(str::to_owned).collect())).collect()
    }

    /// The file with these cells.
    pub fn write<'a>(self, rows: impl IntoIterator<Item = &'a Vec<String>>) -> String {
        let mut writer = WriterBuilder::new()
            .flexible(true)
            .delimiter(self.separator)
            .terminator(if self.windows { Terminator::CRLF } else { Terminator::Any(b'\n') })
            .quote_style(QuoteStyle::Necessary)
            .from_writer(Vec::new());
        for row in rows {
            writer.write_record(row).expect("memory takes a row of any length");
        }
        let bytes = writer.into_inner().expect("memory can be flushed");
        let text = String::from_utf8(bytes).expect("text was written");
        if self.mark { format!("{BYTE_ORDER_MARK}{text}") } else { text }
    }

    /// The separator is the candidate that occurs most often in the first line, outside of quotes.
    pub fn of(text: &str) -> Self {
        let first = text.lines().next().unwrap_or_default();
        let bare: String = first.split('"').step_by(2).collect();
        let count = |separator: &u8| bare.bytes().filter(|byte| byte == separator).count();
        // In a tie, the last candidate wins: a comma, if there is none at all.
        let separator = [b'\t', b';', b','].into_iter().max_by_key(count).expect("there are three");
        let windows = text.split_inclusive('\n').next().is_some_and(|line| line.ends_with("\r\n"));
        Self { mark: text.starts_with(BYTE_ORDER_MARK), separator, windows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHEET: &str = "Id,Name,Grade,Maximum\nP 1,\"a\nb\",,10\nP 2,\"c,\"\"d\"\"\",7,10\n";

    #[test]
    fn what_is_not_changed_is_written_as_it_was_read() {
        for sheet in [SHEET.to_owned(), format!("{BYTE_ORDER_MARK}{SHEET}"), SHEET.replace(',', "\t")] {
            assert_eq!(Worksheet::read(&sheet, None).expect("a worksheet").write(), sheet);
        }
        let windows = "Id;Grade;Maximum\r\nP 1;;10\r\n";
        assert_eq!(Worksheet::read(windows, None).expect("a worksheet").write(), windows);
    }

    #[test]
    fn a_short_row_is_made_long_enough() {
        let mut sheet = Worksheet::read("Id,Grade\nP 1\n", Some("Grade")).expect("a worksheet");
        sheet.set_grade(0, 5.into());
        assert_eq!(sheet.write(), "Id,Grade\nP 1,5\n");
    }

    #[test]
    fn what_is_no_worksheet_says_so() {
        for (text, part) in [
            ("", "is empty"),
            ("Id,Grade\n", "but no rows"),
            ("Name,Grade,Maximum\nAda,,10\nBo,,10\n", "neither a column of participants"),
        ] {
            let error = Worksheet::read(text, None).expect_err("it is none").to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
