//! Fills in the grading worksheet of an assignment in Moodle, from "Download grading worksheet" for "Upload grading worksheet":
//! <https://github.com/moodle/moodle/tree/MOODLE_405_STABLE/mod/assign/feedback/offline>.
//!
//! Rows are matched by the first of these that is available:
//!
//! 1. the roster's `moodle_id`: `12345` or `Participant 12345`, as in the worksheet
//! 2. the submission's name, if it is one of Moodle's for downloaded submissions: `Ada Lovelace_12345_assignsubmission_file`
//! 3. the roster's `email`
//!
//! Only grades are written. Every other cell stays as it is, and a row without a score keeps its grade. Points are not scaled: the
//! maximum grade in Moodle must be that of the course.

mod columns;
pub mod feedback;
mod worksheet;

use super::{Export, Skipped, not_graded, roster};
use crate::model::{GradedSubmission, Grades};
use crate::points::Points;
use crate::text::encoding::Encoding;
use columns::{number_at_the_end, usage};
use std::collections::{BTreeMap, HashMap};
pub use worksheet::CsvDialect;
use worksheet::Worksheet;
use xtask::exit::UsageError;

/// A worksheet, read before anything is graded.
#[derive(Debug)]
pub struct GradingWorksheet {
    pub encoding: Encoding,
    worksheet: Worksheet,
}

impl GradingWorksheet {
    /// Reads a worksheet. `grade_column` is needed if the column cannot be detected.
    pub fn read(content: &[u8], grade_column: Option<&str>, possible: Points) -> anyhow::Result<Self> {
        let (text, encoding) = Encoding::decode(content).map_err(|why| usage(&format!("the worksheet: {why}")))?;
        let worksheet = Worksheet::read(&text, grade_column)?;
        check_maximum(&worksheet, possible)?;
        Ok(Self { encoding, worksheet })
    }

    /// What the file says about each participant, by the columns of a roster.
    pub fn people(&self) -> Vec<BTreeMap<String, String>> {
        self.worksheet.people()
    }

    /// The worksheet with the grades filled in.
    pub fn fill(&self, grades: &Grades) -> Export {
        let mut worksheet = self.worksheet.clone();
        let (owners, mut skipped) = self.owners(grades);
        for (row, submission) in owners {
            match submission.earned() {
                Some(earned) => worksheet.set_grade(row, earned),
                None => skipped.push(not_graded(grades, submission)),
            }
        }
        skipped.sort_by(|one, other| one.id.cmp(&other.id));
        Export { text: worksheet.write(), skipped }
    }

    /// The participant's number of each submission that has a score. Without that column, there are none.
    pub fn scored<'a>(&'a self, grades: &'a Grades) -> impl Iterator<Item = (&'a str, &'a GradedSubmission)> {
        let numbers: HashMap<usize, &str> = self.worksheet.participants().collect();
        let scored = self.owners(grades).0.into_iter().filter(|(_, submission)| submission.earned().is_some());
        scored.filter_map(move |(row, submission)| Some((*numbers.get(&row)?, submission)))
    }

    /// The submission that a row belongs to; and the submissions that belong to none, or not to one alone.
    fn owners<'a>(&self, grades: &'a Grades) -> (BTreeMap<usize, &'a GradedSubmission>, Vec<Skipped>) {
        let rows = WorksheetRows::of(&self.worksheet);
        let mut skipped = Vec::new();
        let mut claims: BTreeMap<usize, Vec<&GradedSubmission>> = BTreeMap::new();
        for submission in &grades.submissions {
            match rows.find(submission) {
                Ok(row) => claims.entry(row).or_default().push(submission),
                Err(why) => skipped.push(Skipped { id: submission.id.clone(), why }),
            }
        }
        let mut owners = BTreeMap::new();
        for (row, claim) in claims {
            match claim[..] {
                [submission] => _ = owners.insert(row, submission),
                _ => skipped.extend(claim.iter().map(|submission| Skipped {
                    id: submission.id.clone(),
                    why: format!("is not the only submission that belongs to row {} of the worksheet", row + 2),
                })),
            }
        }
        (owners, skipped)
    }
}

/// The worksheet with the grades filled in.
#[cfg(test)]
pub(super) fn fill(grades: &Grades, worksheet: &str, grade_column: Option<&str>) -> anyhow::Result<Export> {
    Ok(GradingWorksheet::read(worksheet.as_bytes(), grade_column, grades.points())?.fill(grades))
}

fn check_maximum(worksheet: &Worksheet, points: Points) -> anyhow::Result<()> {
    match worksheet.maximum() {
        Some(maximum) if !maximum.is(points) => Err(UsageError(format!(
            "the maximum grade is {maximum} in the worksheet and {points} in this course; \
             set it to {points} in the assignment's settings in Moodle, and download the worksheet again"
        ))
        .into()),
        _ => Ok(()),
    }
}

/// The rows by participant.
struct WorksheetRows {
    by_number: HashMap<String, usize>,
    by_email: HashMap<String, usize>,
}

impl WorksheetRows {
    fn of(worksheet: &Worksheet) -> Self {
        let by_number = worksheet.participants().map(|(row, number)| (number.to_owned(), row)).collect();
        let by_email = worksheet.emails().map(|(row, email)| (email.to_lowercase(), row)).collect();
        Self { by_number, by_email }
    }

    /// The row of a submission, or why there is none, as the end of a sentence.
    fn find(&self, submission: &GradedSubmission) -> Result<usize, String> {
        let id = roster(submission, "moodle_id").map(number_at_the_end).filter(|number| !number.is_empty());
        let email = roster(submission, "email");
        if let Some(number) = id.or_else(|| number_in_folder(&submission.id)) {
            let row = self.by_number.get(number);
            return row.copied().ok_or_else(|| format!("is participant {number}, who is not in the worksheet"));
        }
        let email = email
            .ok_or("has neither moodle_id nor email on the roster, and its name is not one from a Moodle download")?;
        let row = self.by_email.get(&email.to_lowercase());
        row.copied().ok_or_else(|| format!("has the email {email}, which is not in the worksheet"))
    }
}

/// The participant's number in the name of a submission from a Moodle download.
fn number_in_folder(id: &str) -> Option<&str> {
    let (before, _) = id.split_once("_assignsubmission_")?;
    let (_, number) = before.rsplit_once('_')?;
    (!number.is_empty() && number.chars().all(|c| c.is_ascii_digit())).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{self, class, submission};

    /// The columns in the order of Moodle's `mod/assign/gradingtable.php`:
    /// <https://github.com/moodle/moodle/blob/MOODLE_405_STABLE/mod/assign/gradingtable.php>
    const ENGLISH: &str = "Identifier,\"Full name\",\"Email address\",Status,Grade,\"Maximum grade\",\"Grade can be changed\",\
        \"Last modified (submission)\",\"Last modified (grade)\",\"Feedback comments\"\n\
        \"Participant 12345\",\"Ada Lovelace\",ada@example.org,\"Submitted for grading\",,30.00,Yes,\"Monday, 2 March 2026, 10:05 AM\",-,\n\
        \"Participant 12346\",\"Zoë O'Neil\",zoe@example.org,\"Submitted for grading\",1.00,30.00,Yes,\"Monday, 2 March 2026, 10:06 AM\",-,\"Well\n \"\"done\"\"\"\n\
        \"Participant 12347\",Finn,finn@example.org,\"Submitted for grading\",2.00,30.00,Yes,-,-,=1+1\n\
        \"Participant 12348\",Gus,GUS@example.org,\"No submission\",3.00,30.00,Yes,-,-,\n\
        \"Participant 12399\",\"Nobody at all\",nobody@example.org,\"No submission\",4.50,30.00,Yes,-,-,\n";

    fn cells(text: &str) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        reader.records().map(|row| row.expect("CSV").iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn grades_are_filled_in_and_all_else_is_kept() {
        let export = fill(&class(), ENGLISH, None).expect("a worksheet of Moodle's");
        let mut expected = cells(ENGLISH);
        let grades = ["30", "25", "2.00", "3.00", "4.50"];
        for (row, grade) in expected.iter_mut().skip(1).zip(grades) {
            row[4] = grade.into();
        }
        assert_eq!(cells(&export.text), expected);
    }

    #[test]
    fn who_has_no_row_or_no_score_is_named() {
        let export = fill(&class(), ENGLISH, None).expect("a worksheet of Moodle's");
        let skipped: Vec<_> = export.skipped.iter().map(|left| (left.id.as_str(), left.why.as_str())).collect();
        let no_key = "has neither moodle_id nor email on the roster, and its name is not one from a Moodle download";
        let expected = [
            (sample::UNKNOWN, no_key),
            (sample::AWKWARD, "has the email @eve.example.org, which is not in the worksheet"),
            (sample::INFRA, "has no score: quest-02-timer could not be graded"),
            (sample::REFUSED, "has no score: the archive contains `../../etc/passwd`, which lies outside of it"),
            (sample::NOTHING, no_key),
        ];
        assert_eq!(skipped, expected);
    }

    #[test]
    fn who_has_a_score_and_a_row_of_their_own_is_a_participant() {
        let mut grades = class();
        let numbers = |grades: &Grades, text: &str| {
            let worksheet = GradingWorksheet::read(text.as_bytes(), None, 30.into()).expect("a worksheet of Moodle's");
            worksheet.scored(grades).map(|(number, graded)| (number.to_owned(), graded.id.clone())).collect::<Vec<_>>()
        };
        let all = numbers(&grades, ENGLISH);
        assert_eq!(all.iter().map(|(number, _)| number.as_str()).collect::<Vec<_>>(), ["12345", "12346"]);
        assert_eq!(all[1].1, sample::HALVED);
        grades.submissions.last_mut().expect("a class").learner.insert("moodle_id".into(), "12345".into());
        assert_eq!(numbers(&grades, ENGLISH), all[1..]);
    }

    #[test]
    fn another_language_another_separator_and_windows_line_ends_are_kept() {
        let german = "\u{feff}ID;\"Vollständiger Name\";ID-Nummer;Status;Bewertung;Bestwertung;\"Bewertung kann geändert werden\";\"Zuletzt geändert (Bewertung)\"\r\n\
            Teilnehmer/in12345;\"Ada Lovelace\";100001;Abgegeben;;30,00;Ja;-\r\n\
            Teilnehmer/in12346;Zoë;100002;Abgegeben;7,50;30,00;Ja;-\r\n";
        let export = fill(&class(), german, None).expect("a worksheet of Moodle's");
        let expected = german.replace(";;", ";30;").replace(";7,50;", ";25;");
        assert_eq!(export.text.replace('"', ""), expected.replace('"', ""));
    }

    #[test]
    fn another_maximum_is_an_error_that_says_both() {
        let error = fill(&class(), &ENGLISH.replace("30.00", "100.00"), None).expect_err("no silent scaling");
        assert!(error.is::<UsageError>());
        assert!(error.to_string().contains("maximum grade is 100 in the worksheet and 30 in this course"), "{error}");
        assert!(fill(&class(), &ENGLISH.replace("30.00", "30.50"), None).is_err());
    }

    #[test]
    fn two_submissions_of_one_participant_cost_only_that_row_a_grade() {
        let mut grades = class();
        let hana = grades.submissions.last_mut().expect("a class");
        hana.learner.insert("moodle_id".into(), "12345".into());
        let export = fill(&grades, ENGLISH, None).expect("a worksheet of Moodle's");
        assert_eq!(cells(&export.text)[1][4], "", "nobody guesses between two");
        assert_eq!(cells(&export.text)[2][4], "25");
        assert_eq!(export.skipped.iter().filter(|skipped| skipped.why.ends_with("row 2 of the worksheet")).count(), 2);
    }

    #[test]
    fn participants_are_a_roster_and_utf_16_is_read() {
        let worksheet = Encoding::Utf16LittleEndian.encode(ENGLISH);
        let read = GradingWorksheet::read(&worksheet, None, 30.into()).expect("a worksheet of Moodle's");
        let zoe = &read.people()[1];
        let cells = ["moodle_id", "name", "email"].map(|column| zoe[column].as_str());
        assert_eq!(cells, ["12346", "Zoë O'Neil", "zoe@example.org"]);
        assert_eq!(read.encoding, Encoding::Utf16LittleEndian);
    }

    #[test]
    fn the_roster_wins_over_the_folders_name_and_that_over_the_email() {
        let worksheet = Worksheet::read(ENGLISH, None).expect("a worksheet of Moodle's");
        let rows = WorksheetRows::of(&worksheet);
        let mut submission = submission(&class(), sample::HALVED).clone();
        submission.learner.insert("email".into(), "nobody@example.org".into());
        assert_eq!(rows.find(&submission), Ok(1));
        submission.learner.insert("moodle_id".into(), "Participant 12348".into());
        assert_eq!(rows.find(&submission), Ok(3));
        submission.learner.insert("moodle_id".into(), "1".into());
        assert_eq!(rows.find(&submission), Err("is participant 1, who is not in the worksheet".into()));
        submission.learner.remove("moodle_id");
        submission.id = "zoe".into();
        assert_eq!(rows.find(&submission), Ok(4));
    }

    #[test]
    fn a_folders_number_is_the_one_before_moodles_word() {
        assert_eq!(number_in_folder("Ada_Lovelace_12345_assignsubmission_file"), Some("12345"));
        assert_eq!(number_in_folder("Ada Lovelace_12345_assignsubmission_file_work_7"), Some("12345"));
        assert_eq!(number_in_folder("Ada Lovelace_12345"), None);
        assert_eq!(number_in_folder("Ada_x1_assignsubmission_file"), None);
    }
}
