//! The clones that `gh classroom clone student-repos` makes, and GitHub Classroom's roster.

use crate::archives::{File, files};
use crate::judge::{Expected, check};
use crate::people::{Person, Truth, Upload, class};
use crate::programs::Programs;
use crate::running::{cells, grade, write};
use pretty_assertions::assert_eq;
use std::fmt::Write as _;
use std::fs;
use tempfile::TempDir;

/// The clones of those who have accepted the assignment. A zip's files are those of the repository.
fn clones(class: &[Person]) -> Vec<File> {
    let mut clones = Vec::new();
    for person in class.iter().filter(|person| !person.work.uploads.is_empty()) {
        let mut repository = files([
            (".git/HEAD", b"ref: refs/heads/main\n"),
            (".git/objects/pack/pack-1.rs", b"not a source"),
            (".github/workflows/classroom.yml", b"name: Classroom\n"),
        ]);
        for upload in &person.work.uploads {
            match upload {
                Upload::Zip(_, files) => repository.extend(files.iter().map(|(name, content)| {
                    let inside = name.split_once('/').filter(|(folder, _)| folder.starts_with("event-loops"));
                    (inside.map_or(&**name, |(_, name)| name).to_owned(), content.clone())
                })),
                // A later commit replaces a file of the same name.
                Upload::Loose(file) => repository.push(file.clone()),
            }
        }
        let folder = format!("event-loops-user-{}", person.number);
        clones.extend(repository.into_iter().map(|(name, content)| (format!("{folder}/{name}"), content)));
    }
    clones
}

fn roster(class: &[Person]) -> String {
    let mut roster = "\"identifier\",\"github_username\",\"github_id\",\"name\"\n".to_owned();
    for person in class {
        let (number, name, email) = (person.number, person.name(), person.email());
        writeln!(roster, "\"{email}\",\"user-{number}\",\"{number}\",\"{name}\"").unwrap();
    }
    roster
}

fn expected(person: &Person) -> Expected {
    let mut expected = Expected::of(person);
    if person.work.uploads.is_empty() {
        expected.truth = Truth::Nothing;
    }
    expected
}

pub fn is_graded_as_it_is_delivered(programs: &Programs) {
    let class = class(programs);
    let folder = TempDir::new().unwrap();
    write(&folder.path().join("homework/event-loops-submissions"), clones(&class));
    fs::write(folder.path().join("homework/classroom_roster.csv"), roster(&class)).unwrap();
    is_graded(programs, &folder, "homework/event-loops-submissions", &class);
}

/// From the folder around the clones, where each of them holds the course.
pub fn is_graded_from_the_outer_folder(programs: &Programs) {
    let mut class = class(programs);
    let is_copy = |upload: &Upload| match upload {
        Upload::Zip(_, files) => files.iter().any(|(name, _)| name.ends_with("quest-03-queue/src/learner.rs")),
        Upload::Loose(_) => false,
    };
    class.retain(|person| person.work.uploads.iter().all(is_copy));
    assert!(class.len() > 5);
    let folder = TempDir::new().unwrap();
    write(&folder.path().join("homework/event-loops-submissions"), clones(&class));
    fs::write(folder.path().join("homework/classroom_roster.csv"), roster(&class)).unwrap();
    is_graded(programs, &folder, "homework", &class);
}

fn is_graded(programs: &Programs, folder: &TempDir, path: &str, class: &[Person]) {
    let graded = grade(&programs.course, folder.path(), &[path, "--roster", "homework/classroom_roster.csv"]);
    check(&graded, class, "email", Person::email, expected);

    let rows = cells(&graded.report("grades.csv"), b',');
    let column = |header: &str| rows[0].iter().position(|cell| cell == header).unwrap();
    let (email, total) = (column("email"), column("total"));
    let mut found: Vec<(String, String)> =
        rows[1..].iter().map(|row| (row[email].clone(), row[total].clone())).collect();
    found.sort();
    let wanted = class.iter().map(|person| match expected(person).truth {
        Truth::Points(points) => (person.email(), points.to_string()),
        Truth::NoScore(_) | Truth::Nothing => (person.email(), String::new()),
    });
    assert_eq!(found, wanted.collect::<Vec<_>>());
}
