//! A file for "Import" in the gradebook of Canvas, whose importer is
//! <https://github.com/instructure/canvas-lms/blob/master/lib/gradebook_importer.rb>.
//!
//! The roster's columns are `name`, `canvas_id`, `sis_user_id`, `sis_login_id` and `section`. What Canvas exports has all of
//! them, where `Student` is our `name` and `ID` is our `canvas_id`. It also has the assignment's header, as in
//! `Event loops (1234)`.
//!
//! Canvas finds a student by `canvas_id`, and the assignment by the number in its header. A header that matches no assignment
//! creates one. An empty cell would delete a grade, so a submission without a score is left out.

mod export;

use super::csv::{harmless, table};
use super::{Export, Skipped, not_graded, roster, two_decimals};
use crate::model::{GradedSubmission, Grades};
pub use export::GradebookExport;
use std::collections::HashMap;
use xtask::exit::UsageError;

/// The file, for the assignment with this header.
pub fn render(grades: &Grades, assignment: &str) -> anyhow::Result<Export> {
    check_header(assignment)?;
    let header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", assignment.trim()];
    let possible = two_decimals(grades.points());
    // The spaces are Canvas's own.
    let possible = ["    Points Possible", "", "", "", "", &possible];
    let mut rows = vec![header.map(str::to_owned).to_vec(), possible.map(str::to_owned).to_vec()];
    let mut skipped = Vec::new();
    let mut claims: HashMap<u64, usize> = HashMap::new();
    let known: Vec<Result<(u64, Vec<String>), Skipped>> =
        grades.submissions.iter().map(|submission| row(grades, submission)).collect();
    for submission in &grades.submissions {
        if let Ok(student) = student(submission) {
            *claims.entry(student).or_default() += 1;
        }
    }
    for (submission, row) in grades.submissions.iter().zip(known) {
        match row {
            Ok((student, _)) if claims.get(&student).is_some_and(|count| *count > 1) => skipped.push(Skipped {
                id: submission.id.clone(),
                why: format!("is not the only submission of the student with canvas_id {student}"),
            }),
            Ok((_, row)) => rows.push(row),
            Err(why) => skipped.push(why),
        }
    }
    Ok(Export { text: table(rows), skipped })
}

/// Checks that the assignment has a header.
pub fn check_header(assignment: &str) -> Result<(), UsageError> {
    if assignment.trim().is_empty() {
        let message = "the assignment's header is empty; give it as Canvas exports it: --canvas \"Event loops (1234)\"";
        return Err(UsageError(message.into()));
    }
    Ok(())
}

/// The number of the student, and the row.
fn row(grades: &Grades, submission: &GradedSubmission) -> Result<(u64, Vec<String>), Skipped> {
    let student = student(submission).map_err(|why| Skipped { id: submission.id.clone(), why })?;
    let earned = submission.earned().ok_or_else(|| not_graded(grades, submission))?;
    let text = |column| harmless(roster(submission, column).unwrap_or_default());
    let name = harmless(roster(submission, "name").unwrap_or(&submission.id));
    let [user, login, section] = ["sis_user_id", "sis_login_id", "section"].map(text);
    Ok((student, vec![name, student.to_string(), user, login, section, two_decimals(earned)]))
}

fn student(submission: &GradedSubmission) -> Result<u64, String> {
    let id = roster(submission, "canvas_id").ok_or("has no canvas_id on the roster")?;
    id.parse().map_err(|_| format!("has a canvas_id that is not a number: {id}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{self, class};
    use serde::Deserialize;

    const ASSIGNMENT: &str = "Event loops (1234)";

    /// The columns as Canvas's importer reads them: student information that ends in `Section`, then assignments.
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct CanvasRow {
        #[serde(rename = "Student")]
        student: String,
        #[serde(rename = "ID")]
        id: Option<u64>,
        #[serde(rename = "SIS User ID")]
        user: String,
        #[serde(rename = "SIS Login ID")]
        login: String,
        #[serde(rename = "Section")]
        section: String,
        #[serde(rename = "Event loops (1234)")]
        score: String,
    }

    fn read(text: &str) -> Vec<CanvasRow> {
        csv::Reader::from_reader(text.as_bytes()).deserialize().map(|row| row.expect("a row of Canvas's")).collect()
    }

    fn rendered(grades: &Grades) -> (Vec<CanvasRow>, Vec<Skipped>) {
        let export = render(grades, ASSIGNMENT).expect("a good header");
        assert!(
            export.text.starts_with("\"Student\",\"ID\",\"SIS User ID\",\"SIS Login ID\",\"Section\",\"Event loops")
        );
        (read(&export.text), export.skipped)
    }

    #[test]
    fn the_first_row_says_what_is_possible() {
        let (rows, _) = rendered(&class());
        assert_eq!(rows[0].student.trim(), "Points Possible");
        assert_eq!((rows[0].id, rows[0].score.as_str()), (None, "30.00"));
    }

    #[test]
    fn a_row_has_the_rosters_words_and_two_decimals() {
        let (rows, _) = rendered(&class());
        let ada = rows.iter().find(|row| row.id == Some(501)).expect("she is on the roster");
        assert_eq!([&ada.student, &ada.user, &ada.login, &ada.section], ["Ada Lovelace", "S-1", "ada", "Monday"]);
        assert_eq!(ada.score, "30.00");
        let zoe = rows.iter().find(|row| row.id == Some(502)).expect("she is on the roster");
        assert_eq!((zoe.student.as_str(), zoe.score.as_str()), ("Zoë \"Z\" O'Neil, Jr.", "25.00"));
    }

    #[test]
    fn learners_without_a_canvas_id_or_a_score_are_left_out_and_named() {
        let (rows, skipped) = rendered(&class());
        assert_eq!(rows.iter().filter_map(|row| row.id).collect::<Vec<_>>(), [502, 501]);
        let skipped: Vec<_> = skipped.iter().map(|left| (left.id.as_str(), left.why.as_str())).collect();
        let expected = [
            (sample::UNKNOWN, "has no canvas_id on the roster"),
            (sample::AWKWARD, "has a canvas_id that is not a number: none"),
            (sample::INFRA, "has no score: quest-02-timer could not be graded"),
            (sample::REFUSED, "has no score: the archive contains `../../etc/passwd`, which lies outside of it"),
            (sample::NOTHING, "has no score: nothing was handed in"),
        ];
        assert_eq!(skipped, expected);
    }

    #[test]
    fn no_name_is_a_formula() {
        let mut grades = class();
        let eve =
            grades.submissions.iter_mut().find(|submission| submission.id == sample::AWKWARD).expect("she is there");
        eve.learner.insert("canvas_id".into(), "503".into());
        let (rows, _) = rendered(&grades);
        let eve = rows.iter().find(|row| row.id == Some(503)).expect("she has an id now");
        assert_eq!((eve.student.as_str(), eve.section.as_str()), ("'=cmd|' /C calc'!A0", "'-1"));
    }

    #[test]
    fn two_submissions_of_one_student_cost_only_that_student_a_grade() {
        let mut grades = class();
        let last = grades.submissions.last_mut().expect("a class");
        last.learner.insert("canvas_id".into(), "0501".into());
        let (rows, skipped) = rendered(&grades);
        assert_eq!(rows.iter().filter_map(|row| row.id).collect::<Vec<_>>(), [502]);
        assert!(skipped.iter().any(|skipped| skipped.id == sample::FULL && skipped.why.contains("canvas_id 501")));
    }

    #[test]
    fn an_empty_header_is_an_error() {
        assert!(render(&class(), " ").expect_err("no header").is::<UsageError>());
    }
}
