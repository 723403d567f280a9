//! Canvas's download of all submissions, and its grade book.

use crate::archives::{File, zip};
use crate::judge::{Expected, check};
use crate::people::{Person, Truth, class};
use crate::programs::Programs;
use crate::running::{cells, grade};
use pretty_assertions::assert_eq;
use std::fmt::Write as _;
use std::fs;
use tempfile::TempDir;

/// `weißanna`
fn file_name(person: &Person) -> String {
    let name = if person.work.is_teams { "team1".to_owned() } else { format!("{}{}", person.last, person.first) };
    name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Of a team, Canvas delivers what one member has handed in.
fn is_other_member(person: &Person) -> bool {
    person.work.is_teams && person.number % 2 == 1
}

fn download(class: &[Person]) -> Vec<File> {
    let mut files = Vec::new();
    for person in class.iter().filter(|person| !is_other_member(person)) {
        let late = if person.work.is_late { "_LATE" } else { "" };
        let prefix = format!("{}{late}_{}", file_name(person), person.number);
        for (attachment, (name, content)) in (person.number * 100..).zip(person.work.numbered("learner-1.rs")) {
            files.push((format!("{prefix}_{attachment}_{name}"), content));
        }
        if person.work.is_typed {
            files.push((format!("{prefix}_text.html"), b"<p>I could not upload my file.</p>".to_vec()));
        }
    }
    files
}

/// The grade book with two assignments, computed columns and Canvas's own test student. Quotes are only where they are
/// needed.
pub fn grade_book(class: &[Person], score: impl Fn(&Person) -> String) -> String {
    let mut text =
        "\u{feff}Student,ID,SIS User ID,SIS Login ID,Section,Warm-up (76),Event loops (77),Current Score,Final Score\r\n\
        ,,,,,,Manual Posting,(read only),(read only)\r\n    \
        Points Possible,,,,,5.00,100.00,(read only),(read only)\r\n"
            .to_owned();
    for person in class {
        let (number, score) = (person.number, score(person));
        let name = format!("{}, {}", person.last, person.first);
        write!(text, "\"{name}\",{number},s{number},l{number},\"Monday, \"\"early\"\"\",4.50,{score},90.00,\r\n")
            .unwrap();
    }
    text + "\"Student, Test\",9,,0a1b2c,Monday,,,,\r\n"
}

/// One of those who now hand in nothing has a score, and one whose file cannot be read.
pub fn earlier(person: &Person) -> String {
    let has_one = matches!(person.number, 1039 | 1028);
    if has_one { "55.50".to_owned() } else { String::new() }
}

pub fn filled(person: &Person, truth: Truth) -> String {
    match truth {
        Truth::Points(points) => format!("{points}.00"),
        Truth::NoScore(_) | Truth::Nothing => earlier(person),
    }
}

fn expected(person: &Person) -> Expected {
    let mut expected = Expected::of(person);
    if is_other_member(person) {
        expected.truth = Truth::Nothing;
    }
    if person.work.is_late {
        expected.remarks.push("The platform marks it as late.");
    }
    if person.work.is_typed && !person.work.uploads.is_empty() {
        expected.remarks.push("a text was typed into the platform");
    }
    if person.work.has_two_attempts() {
        expected.remarks.push("Of several files for quest 3, `learner-1.rs` counts, and not `learner.rs`");
    }
    expected
}

/// What Canvas's importer takes from a grade book: each student's score in the assignment with this number. The rows
/// above the students' have no student's number.
pub fn imported(text: &str) -> Vec<(usize, Option<f64>)> {
    let rows = cells(text, b',');
    assert_eq!(&rows[0][..5], ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]);
    let assignment = rows[0].iter().position(|cell| cell.ends_with("(77)")).unwrap();
    let students = rows[1..].iter().filter(|row| !row[1].is_empty() && row[0] != "Student, Test");
    students.map(|row| (row[1].parse().unwrap(), row[assignment].parse().ok())).collect()
}

pub fn is_graded_as_it_is_delivered(programs: &Programs) {
    let class = class(programs);
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("submissions.zip"), zip(&download(&class))).unwrap();
    fs::write(folder.path().join("Grades-CS1.csv"), grade_book(&class, earlier)).unwrap();
    let arguments = ["submissions.zip", "--canvas", "Grades-CS1.csv", "--canvas-assignment", "Event loops"];
    let graded = grade(&programs.course, folder.path(), &arguments);
    check(&graded, &class, "canvas_id", |person| person.number.to_string(), expected);

    let filled = |person: &Person| filled(person, expected(person).truth);
    let written = graded.report("canvas.csv");
    assert_eq!(written, grade_book(&class, filled), "the same bytes but for the new scores");
    let number = |person: &Person| (person.number, filled(person).parse().ok());
    assert_eq!(imported(&written), class.iter().map(number).collect::<Vec<_>>());
}
