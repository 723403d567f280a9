//! `grades.csv`: a row for each submission, for any spreadsheet.
//!
//! | column | holds |
//! | --- | --- |
//! | `id` | the submission's name, as the roster has it |
//! | `name`, `email` | as on the roster; absent if nobody has one |
//! | `total` | empty if a quest could not be graded |
//! | `possible` | the points that can be earned |
//! | `quest-03-queue`, … | the points of each quest; empty if it could not be graded |
//! | `notes` | remarks on the points |
//!
//! A cell that a spreadsheet would take for a formula begins with an apostrophe. An id does so only if its formula could do
//! anything: scripts join tables by it, so `-rf` and `@eve` stay as they are. A spreadsheet may show such an id as an error.

use super::{graded_quests, notes, roster};
use crate::model::{GradedSubmission, Grades};
use crate::points::Points;
use crate::text::truncate::truncate_line;
use csv::{QuoteStyle, WriterBuilder};

/// Characters that begin a formula in some spreadsheet: <https://owasp.org/www-community/attacks/CSV_Injection>.
const FORMULA_STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The maximum number of bytes in a cell. Excel silently cuts a cell after 32,767 characters.
const LONGEST_CELL: usize = 30_000;

/// The whole table.
pub fn render(grades: &Grades) -> String {
    let known = |column: &&str| grades.submissions.iter().any(|submission| roster(submission, column).is_some());
    let columns: Vec<&str> = ["name", "email"].into_iter().filter(known).collect();
    let mut rows = vec![header(grades, &columns)];
    rows.extend(grades.submissions.iter().map(|submission| row(grades, submission, &columns)));
    table(rows)
}

/// The cell, so that no spreadsheet runs it.
pub fn harmless(cell: &str) -> String {
    let cell = truncate_line(cell, LONGEST_CELL);
    if cell.starts_with(FORMULA_STARTS) { format!("'{cell}") } else { cell }
}

/// The id, so that tables can be joined by it, unless a spreadsheet could do harm with it.
///
/// A formula needs a parenthesis to call a function, `|` to start a program, and `!`, `[` or a quote to read another file. A sign
/// and letters alone can at most compute with other cells.
fn id_cell(id: &str) -> String {
    let is_inert = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '@' | ' ');
    if id.starts_with(['-', '+', '@']) && id.chars().all(is_inert) {
        truncate_line(id, LONGEST_CELL)
    } else {
        harmless(id)
    }
}

/// Rows as CSV. Everything except numbers is quoted.
pub(super) fn table(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::NonNumeric).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).expect("every row has the header's columns, and memory takes them");
    }
    let bytes = writer.into_inner().expect("memory can be flushed");
    String::from_utf8(bytes).expect("text was written")
}

fn header(grades: &Grades, columns: &[&str]) -> Vec<String> {
    let mut header = vec!["id"];
    header.extend(columns);
    header.extend(["total", "possible"]);
    header.extend(grades.quests.iter().map(|quest| quest.package.as_str()));
    header.push("notes");
    header.into_iter().map(str::to_owned).collect()
}

fn row(grades: &Grades, submission: &GradedSubmission, columns: &[&str]) -> Vec<String> {
    let mut row = vec![id_cell(&submission.id)];
    row.extend(columns.iter().map(|column| harmless(roster(submission, column).unwrap_or_default())));
    row.push(points(submission.earned()));
    row.push(grades.points().to_string());
    row.extend(graded_quests(grades, submission).map(|(_, quest)| points(quest.earned)));
    row.push(harmless(&notes(grades, submission).join("; ")));
    row
}

fn points(points: Option<Points>) -> String {
    points.map(|points| points.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{self, class};
    use csv::ReaderBuilder;

    fn read(text: &str) -> Vec<Vec<String>> {
        let mut reader = ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let rows = reader.records().map(|row| row.expect("rows as long as the header"));
        rows.map(|row| row.iter().map(str::to_owned).collect()).collect()
    }

    fn row_of(rows: &[Vec<String>], id: &str) -> Vec<String> {
        rows.iter().find(|row| row[0] == id).expect("a row a submission").clone()
    }

    #[test]
    fn there_is_a_column_a_quest_and_a_row_a_submission() {
        let rows = read(&render(&class()));
        let quests = ["quest-01-blocking", "quest-02-timer", "quest-03-queue"];
        assert_eq!(rows[0][..5], ["id", "name", "email", "total", "possible"]);
        assert_eq!(rows[0][5..8], quests);
        assert_eq!(rows.len(), 1 + class().submissions.len());
        let full = ["ada", "Ada Lovelace", "ada@example.org", "30", "30", "10", "10", "10", ""];
        assert_eq!(row_of(&rows, sample::FULL), full);
        let halved = row_of(&rows, sample::HALVED);
        assert_eq!(halved[1], "Zoë \"Z\" O'Neil, Jr.");
        assert_eq!(halved[3..8], ["25", "30", "5", "10", "10"]);
    }

    #[test]
    fn an_unknown_score_is_empty_and_says_why() {
        let row = row_of(&read(&render(&class())), sample::INFRA);
        assert_eq!(row[3..8], ["", "30", "10", "", "10"]);
        assert_eq!(row[8], "quest-02-timer: not graded (the disk is full)");
    }

    #[test]
    fn no_cell_begins_a_formula() {
        let rows = read(&render(&class()));
        let others = rows.iter().flat_map(|row| &row[1..]);
        assert!(others.clone().all(|cell| !cell.starts_with(FORMULA_STARTS)), "{rows:?}");
        let row = row_of(&rows, sample::AWKWARD);
        assert_eq!(row[1..3], [format!("'{}", sample::FORMULA), "'@eve.example.org".into()]);
        assert_eq!(row_of(&rows, "+ivo")[3], "4");
        for start in ["\ttab", "\rreturn", "-1", "＝1"] {
            assert_eq!(harmless(start), format!("'{start}"));
        }
        assert_eq!(harmless("a=b"), "a=b");
    }

    #[test]
    fn an_id_can_be_joined_unless_it_could_do_harm() {
        for id in ["-rf", "+ivo", "@eve", "-Müller_17", "+49 170", "--", "anna", "a=b", "a|b(c)"] {
            assert_eq!(id_cell(id), id);
        }
        for id in [
            "=1+1",
            "=cmd|' /C calc'!A0",
            "@SUM(1+1)*cmd|' /C calc'!A0",
            "-2+3+cmd|' /C calc'!A0",
            "+HYPERLINK(\"http://example.org\")",
            "-[other.xlsx]Sheet!A1",
            "-'x'",
            "\t=1",
            "＝1+1",
            "＋1",
        ] {
            assert_eq!(id_cell(id), format!("'{id}"));
        }
    }

    #[test]
    fn text_is_quoted_and_numbers_are_not() {
        let text = render(&class());
        assert!(text.contains("\n\"ada\",\"Ada Lovelace\",\"ada@example.org\",30,30,10,10,10,\"\"\n"), "{text}");
    }

    #[test]
    fn what_the_roster_has_for_nobody_has_no_column() {
        let mut grades = class();
        for submission in &mut grades.submissions {
            submission.learner.remove("email");
        }
        assert_eq!(read(&render(&grades))[0][..3], ["id", "name", "total"]);
    }
}
