//! Moodle's download of all submissions, and its grading worksheet.

use crate::archives::{File, zip};
use crate::judge::{Expected, check};
use crate::people::{Person, Truth, class};
use crate::programs::Programs;
use crate::running::{cells, grade};
use pretty_assertions::assert_eq;
use std::fmt::Write as _;
use std::fs;
use tempfile::TempDir;

/// How the teacher has set the download.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Download {
    Folders,
    LooseFiles,
}

/// Moodle leaves these characters out of names of files.
fn cleaned(name: &str) -> String {
    name.chars().filter(|c| !"&<>\"`|':\\/".contains(*c)).collect()
}

fn download(class: &[Person], download: Download) -> Vec<File> {
    let mut files = Vec::new();
    for person in class {
        let team = if person.work.is_teams { "Team 1-" } else { "" };
        let prefix = cleaned(&format!("{team}{}_{}", person.name(), person.number));
        let end = if download == Download::Folders { "_/" } else { "_" };
        let mut put = |kind: &str, name: &str, content: Vec<u8>| {
            files.push((format!("{prefix}_assignsubmission_{kind}{end}{name}"), content));
        };
        for (name, content) in person.work.numbered("learner (1).rs") {
            put("file", &name, content);
        }
        if person.work.is_typed {
            put("onlinetext", "onlinetext.html", b"<p>I could not upload my file.</p>".to_vec());
        }
    }
    files
}

/// The worksheet, as PHP writes CSV: whatever has a space is in quotes.
fn worksheet(class: &[Person], grade: impl Fn(&Person) -> String) -> String {
    let mut text =
        "\u{feff}Identifier,\"Full name\",\"Email address\",Status,Grade,\"Maximum grade\",\"Grade can be changed\",\
        \"Last modified (submission)\",\"Last modified (grade)\",\"Feedback comments\"\n"
            .to_owned();
    for person in class {
        let (number, name, email, grade) = (person.number, person.name(), person.email(), grade(person));
        write!(
            text,
            "\"Participant {number}\",\"{name}\",{email},\"Submitted for grading\",{grade},100.00,Yes,\
             \"Monday, 27 April 2026, 9:05 AM\",-,\"See \"\"my\"\" notes\n=1+1, or not\"\n"
        )
        .unwrap();
    }
    text
}

/// Nobody has a grade yet, but one of those who now hand in nothing, and one whose file cannot be read.
fn earlier(person: &Person) -> String {
    let has_one = matches!(person.number, 1039 | 1028);
    if has_one { "55.50".to_owned() } else { String::new() }
}

fn filled(person: &Person) -> String {
    match expected(person).truth {
        Truth::Points(points) => points.to_string(),
        Truth::NoScore(_) | Truth::Nothing => earlier(person),
    }
}

fn expected(person: &Person) -> Expected {
    let mut expected = Expected::of(person);
    if person.work.is_typed && !person.work.uploads.is_empty() {
        expected.remarks.push("a text was typed into the platform");
    }
    if person.work.has_two_attempts() {
        expected.remarks.push("Of several files for quest 3, `learner (1).rs` counts, and not `learner.rs`");
    }
    expected
}

/// What Moodle's importer takes from a worksheet: the grade of each participant, if there is one. It finds columns by
/// their headers, and a participant by the number in the first.
fn imported(text: &str) -> Vec<(usize, Option<f64>)> {
    let rows = cells(text, b',');
    let column = |header: &str| rows[0].iter().position(|cell| cell == header).unwrap();
    let (identifier, grade, maximum) = (column("Identifier"), column("Grade"), column("Maximum grade"));
    let read = |row: &Vec<String>| {
        let number = row[identifier].strip_prefix("Participant ").unwrap().parse().unwrap();
        let grade = Some(&row[grade]).filter(|cell| !cell.is_empty()).map(|cell| cell.parse::<f64>().unwrap());
        assert!(grade.is_none_or(|grade| grade <= row[maximum].parse().unwrap()));
        (number, grade)
    };
    rows[1..].iter().map(read).collect()
}

pub fn is_graded_as_it_is_delivered(programs: &Programs) {
    let class = class(programs);
    for form in [Download::Folders, Download::LooseFiles] {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("CS1-Event loops-77.zip"), zip(&download(&class, form))).unwrap();
        fs::write(folder.path().join("Grades-CS1.csv"), worksheet(&class, earlier)).unwrap();
        let graded = grade(&programs.course, folder.path(), &["CS1-Event loops-77.zip", "--moodle", "Grades-CS1.csv"]);
        check(&graded, &class, "moodle_id", |person| person.number.to_string(), expected);

        let (written, wanted) = (graded.report("moodle.csv"), worksheet(&class, filled));
        assert_eq!(cells(&written, b','), cells(&wanted, b','));
        // Quotes that nothing needs are left out.
        assert_eq!(written.replace('"', ""), wanted.replace('"', ""));
        let number = |person: &Person| (person.number, filled(person).parse().ok());
        assert_eq!(imported(&written), class.iter().map(number).collect::<Vec<_>>());
    }
}
