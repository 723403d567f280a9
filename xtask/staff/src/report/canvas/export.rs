//! The grade book that Canvas exports, whose importer is
//! <https://github.com/instructure/canvas-lms/blob/master/lib/gradebook_importer.rb>. What goes back is the same file, with new grades in the
//! column of one assignment.

use super::super::moodle::CsvDialect;
use super::super::{Export, Skipped, not_graded, roster};
use crate::model::{GradedSubmission, Grades};
use crate::points::Points;
use crate::text::encoding::Encoding;
use std::collections::{BTreeMap, HashMap};

/// The columns that describe a student, with our names for them.
const STUDENT: [(&str, &str); 5] = [
    ("Student", "name"),
    ("ID", "canvas_id"),
    ("SIS User ID", "sis_user_id"),
    ("SIS Login ID", "sis_login_id"),
    ("Section", "section"),
];

/// A grade book, read before anything is graded.
#[derive(Debug)]
pub struct GradebookExport {
    pub encoding: Encoding,
    dialect: CsvDialect,
    rows: Vec<Vec<String>>,
    id: usize,
    assignment: usize,
}

impl GradebookExport {
    /// Reads a grade book. `assignment` is the header of its column, the name in it or the number in it; it is needed if there are several.
    pub fn read(content: &[u8], assignment: Option<&str>, possible: Points) -> Result<Self, String> {
        let (text, encoding) = Encoding::decode(content)?;
        let dialect = CsvDialect::of(&text);
        let rows = dialect.read(&text).map_err(|error| format!("it is not valid CSV: {error}"))?;
        let id = id_column(&rows)?;
        let assignment = find_assignment(&rows[0], assignment)?;
        let export = Self { encoding, dialect, rows, id, assignment };
        export.check_possible(possible)?;
        Ok(export)
    }

    /// The students of a grade book whose assignment does not matter.
    pub fn students_of(content: &[u8]) -> Result<Vec<BTreeMap<String, String>>, String> {
        let (text, encoding) = Encoding::decode(content)?;
        let dialect = CsvDialect::of(&text);
        let rows = dialect.read(&text).map_err(|error| format!("it is not valid CSV: {error}"))?;
        let id = id_column(&rows)?;
        Ok(Self { encoding, dialect, rows, id, assignment: 0 }.students())
    }

    /// What the file says about each student, by the columns of a roster.
    pub fn students(&self) -> Vec<BTreeMap<String, String>> {
        let header = &self.rows[0];
        let columns: Vec<(usize, &str)> = STUDENT
            .iter()
            .filter_map(|(theirs, ours)| Some((header.iter().position(|cell| cell.trim() == *theirs)?, *ours)))
            .collect();
        let student = |row: &Vec<String>| {
            let cells = columns
                .iter()
                .filter_map(|(column, ours)| Some(((*ours).to_owned(), row.get(*column)?.trim().to_owned())));
            cells.filter(|(_, cell)| !cell.is_empty()).collect::<BTreeMap<_, _>>()
        };
        // Canvas's own test student is nobody.
        let students = self.rows.iter().filter(|row| self.number(row).is_some()).map(student);
        students.filter(|student| student.get("name").is_none_or(|name| name != "Student, Test")).collect()
    }

    /// The file with the grades filled in.
    pub fn fill(&self, grades: &Grades) -> Export {
        let by_number: HashMap<u64, usize> =
            self.rows.iter().enumerate().filter_map(|(index, row)| Some((self.number(row)?, index))).collect();
        let mut claims: HashMap<usize, Vec<&GradedSubmission>> = HashMap::new();
        let mut skipped = Vec::new();
        for submission in &grades.submissions {
            let number = roster(submission, "canvas_id").and_then(|id| id.parse::<u64>().ok());
            match number.and_then(|number| by_number.get(&number)) {
                Some(row) => claims.entry(*row).or_default().push(submission),
                None => skipped.push(Skipped { id: submission.id.clone(), why: "is not in the grade book".to_owned() }),
            }
        }
        let mut rows = self.rows.clone();
        for (row, claim) in claims {
            match claim[..] {
                [submission] => match submission.earned() {
                    Some(earned) => set(&mut rows[row], self.assignment, &earned.two_decimals()),
                    None => skipped.push(not_graded(grades, submission)),
                },
                _ => skipped.extend(claim.iter().map(|submission| Skipped {
                    id: submission.id.clone(),
                    why: "has no score in the file, since another submission belongs to the same student".to_owned(),
                })),
            }
        }
        skipped.sort_by(|one, other| one.id.cmp(&other.id));
        Export { text: self.dialect.write(&rows), skipped }
    }

    /// The row before the students says how many points are possible.
    fn check_possible(&self, possible: Points) -> Result<(), String> {
        let row = self.rows.iter().find(|row| row.iter().any(|cell| cell.trim() == "Points Possible"));
        let cell = row.and_then(|row| row.get(self.assignment)).map(|cell| cell.trim());
        match cell.and_then(|cell| Some((cell, cell.parse::<f64>().ok()?))) {
            Some((cell, number)) if (number - possible.as_f64()).abs() > 0.001 => Err(format!(
                "`{}` has {cell} points in Canvas, and {possible} here; change the points of the assignment in Canvas, and \
                 export the grade book again",
                self.rows[0][self.assignment]
            )),
            _ => Ok(()),
        }
    }

    fn number(&self, row: &[String]) -> Option<u64> {
        row.get(self.id)?.trim().parse().ok()
    }
}

/// The column with the numbers of students.
fn id_column(rows: &[Vec<String>]) -> Result<usize, String> {
    let header = rows.first().ok_or("it is empty; export the grade book again from Canvas")?;
    let column = |name: &str| header.iter().position(|cell| cell.trim() == name);
    match (column("Student"), column("ID")) {
        (Some(_), Some(id)) => Ok(id),
        _ => Err("it has no columns `Student` and `ID`: is it the grade book that Canvas exports?".to_owned()),
    }
}

/// The column of the assignment: Canvas writes the number of an assignment at the end of its header.
fn find_assignment(header: &[String], wanted: Option<&str>) -> Result<usize, String> {
    let parts = |cell: &str| -> Option<(String, String)> {
        let (name, number) = cell.trim().strip_suffix(')')?.rsplit_once('(')?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| (name.trim().to_owned(), number.to_owned()))
    };
    let assignments: Vec<(usize, (String, String))> =
        header.iter().enumerate().filter_map(|(index, cell)| Some((index, parts(cell)?))).collect();
    let listed =
        || assignments.iter().map(|(index, _)| format!("`{}`", header[*index].trim())).collect::<Vec<_>>().join(", ");
    let found: Vec<usize> = match wanted.map(str::trim) {
        None => assignments.iter().map(|(index, _)| *index).collect(),
        Some(wanted) => {
            let is_it = |(index, (name, number)): &&(usize, (String, String))| {
                header[*index].trim() == wanted || name == wanted || number == wanted
            };
            assignments.iter().filter(is_it).map(|(index, _)| *index).collect()
        }
    };
    match (&found[..], wanted) {
        ([column], _) => Ok(*column),
        (_, None) if assignments.is_empty() => {
            Err("it has no column of an assignment, such as `Event loops (1234)`".to_owned())
        }
        (_, None) => Err(format!("it has several assignments; name one with --canvas-assignment: {}", listed())),
        (_, Some(wanted)) => {
            Err(format!("--canvas-assignment {wanted} is not exactly one of its assignments: {}", listed()))
        }
    }
}

fn set(row: &mut Vec<String>, column: usize, cell: &str) {
    if row.len() <= column {
        row.resize(column + 1, String::new());
    }
    cell.clone_into(&mut row[column]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{self, class};

    const EXPORT: &str = "\u{feff}Student,ID,SIS User ID,SIS Login ID,Section,Warm-up (7),Event loops (1234),Final Score\r\n\
        ,,,,,,Manual Posting,(read only)\r\n    Points Possible,,,,,5.00,30.00,(read only)\r\n\
        \"Lovelace, Ada\",501,S-1,ada,Monday,5.00,,100\r\n\"O'Neil, Zoë\",502,,,Monday,,12.50,\r\n\
        \"李, 雷\",599,,,Monday,,3.00,\r\n\"Student, Test\",600,,,Monday,,,\r\n";

    fn export() -> GradebookExport {
        GradebookExport::read(EXPORT.as_bytes(), Some("Event loops"), 30.into()).expect("an export")
    }

    #[test]
    fn the_same_file_goes_back_and_only_known_grades_have_changed() {
        let filled = export().fill(&class());
        let expected = EXPORT.replace("Monday,5.00,,100", "Monday,5.00,30.00,100").replace("12.50", "25.00");
        assert_eq!(filled.text, expected);
        let ids: Vec<&str> = filled.skipped.iter().map(|skipped| skipped.id.as_str()).collect();
        assert_eq!(ids, [sample::UNKNOWN, sample::AWKWARD, sample::INFRA, sample::REFUSED, sample::NOTHING]);
    }

    #[test]
    fn two_submissions_of_one_student_cost_only_that_student_a_grade() {
        let mut grades = class();
        grades.submissions.last_mut().expect("a class").learner.insert("canvas_id".into(), "0501".into());
        let filled = export().fill(&grades);
        assert_eq!(filled.text, EXPORT.replace("12.50", "25.00"));
    }

    #[test]
    fn students_are_a_roster() {
        let students = export().students();
        assert_eq!(students.len(), 3);
        assert_eq!((students[0]["name"].as_str(), students[0]["sis_login_id"].as_str()), ("Lovelace, Ada", "ada"));
        assert_eq!(students[2]["canvas_id"], "599");
    }

    #[test]
    fn a_file_of_another_kind_says_what_is_wrong_before_anything_is_graded() {
        let problem = |text: &str, assignment| {
            GradebookExport::read(text.as_bytes(), assignment, 30.into()).expect_err("not this one")
        };
        assert!(problem("", None).contains("is empty"));
        assert!(problem("Name,Grade\n", None).contains("is it the grade book"));
        assert!(problem("Student,ID\n", None).contains("no column of an assignment"));
        let several = problem(EXPORT, None);
        assert!(several.contains("--canvas-assignment: `Warm-up (7)`, `Event loops (1234)`"), "{several}");
        assert!(problem(EXPORT, Some("Other")).contains("is not exactly one"));
        assert!(problem(EXPORT, Some("7")).contains("has 5.00 points in Canvas, and 30 here"));
    }
}
