//! Gradescope's export, with the grade book of Canvas.

use crate::archives::File;
use crate::canvas;
use crate::judge::{Expected, check};
use crate::people::{Person, Truth, Upload, Work, class};
use crate::programs::Programs;
use crate::running::{grade, write};
use pretty_assertions::assert_eq;
use std::fmt::Write as _;
use std::fs;
use tempfile::TempDir;

/// The export: a folder for each submission, and the file that says whose they are.
fn export(class: &[Person]) -> (String, Vec<File>) {
    let (mut metadata, mut files) = (String::new(), Vec::new());
    let is_first = |person: &Person| !person.work.is_teams || person.number.is_multiple_of(2);
    for person in class.iter().filter(|person| is_first(person) && !person.work.uploads.is_empty()) {
        let attempts = if person.work.has_two_attempts() {
            person.work.uploads.chunks(1).collect()
        } else {
            vec![&person.work.uploads[..]]
        };
        for (attempt, uploads) in attempts.into_iter().enumerate() {
            let name = format!("submission_{}", person.number * 10 + attempt);
            let submitters = class
                .iter()
                .filter(|other| other.number == person.number || (person.work.is_teams && other.work.is_teams));
            metadata += &entry(&name, submitters, attempt, person.work.is_late);
            files.extend(unpacked(uploads).into_iter().map(|(file, content)| (format!("{name}/{file}"), content)));
        }
    }
    (metadata, files)
}

/// What the file says about a submission, with the results of an autograder that had none.
fn entry<'a>(folder: &str, submitters: impl Iterator<Item = &'a Person>, attempt: usize, is_late: bool) -> String {
    let mut text = format!("{folder}:\n  :submitters:\n");
    for person in submitters {
        let (number, name, email) = (person.number, person.name(), person.email());
        write!(text, "  - :name: {name}\n    :sid: s{number}\n    :email: {email}\n").unwrap();
    }
    let day = if is_late { 26 } else { 20 + attempt };
    text + &format!(
        "  :created_at: 2026-04-{day} 17:34:00.861687000 Z\n  :score: 0.0\n  :status: processed\n  :history: []\n  \
         :results:\n    output: |-\n      ====\n      Score: 0\n"
    )
}

/// Gradescope unpacks a zip that is the only file.
fn unpacked(uploads: &[Upload]) -> Vec<File> {
    match uploads {
        [Upload::Zip(_, files)] => files.clone(),
        _ => uploads.iter().map(|upload| (upload.name().to_owned(), upload.bytes())).collect(),
    }
}

/// Whoever is late loses ten points a day.
const POLICY: &str = "due = 2026-04-25T23:59:00Z\n[late]\npercent = 10\n";

fn expected(person: &Person) -> Expected {
    let mut expected = Expected::of(person);
    let work: &Work = &person.work;
    if work.uploads.is_empty() {
        expected.truth = Truth::Nothing;
    }
    if work.is_late {
        expected.truth = Truth::Points(90);
    }
    if work.is_teams {
        expected.remarks.push("Handed in by a group, and each member gets this score");
    }
    if work.has_two_attempts() {
        expected.remarks.push("The newest submission counts. An older one was not graded");
    }
    expected
}

pub fn is_graded_as_it_is_delivered(programs: &Programs) {
    let class = class(programs);
    let folder = TempDir::new().unwrap();
    let (metadata, files) = export(&class);
    let export = folder.path().join("assignment_4711_export");
    write(&export, files);
    fs::write(export.join("submission_metadata.yml"), metadata).unwrap();
    fs::write(folder.path().join("Grades-CS1.csv"), canvas::grade_book(&class, canvas::earlier)).unwrap();
    fs::write(folder.path().join("grading.toml"), POLICY).unwrap();
    let arguments = ["assignment_4711_export", "--canvas", "Grades-CS1.csv", "--canvas-assignment", "77"];
    let graded = grade(&programs.course, folder.path(), &arguments);
    check(&graded, &class, "canvas_id", |person| person.number.to_string(), expected);

    let late = class.iter().find(|person| person.work.is_late).unwrap();
    let adjustments = &graded.of("canvas_id", &late.number.to_string()).adjustments;
    assert!(adjustments.len() == 1 && adjustments[0].points == staff::points::Points::ZERO - 10.into());
    let filled = |person: &Person| canvas::filled(person, expected(person).truth);
    let written = graded.report("canvas.csv");
    assert_eq!(written, canvas::grade_book(&class, filled), "the same bytes but for the new scores");
    let number = |person: &Person| (person.number, filled(person).parse().ok());
    assert_eq!(canvas::imported(&written), class.iter().map(number).collect::<Vec<_>>());
}
