//! A class of forty as each platform delivers it, found and matched with what the platform exports, without a file renamed. Each
//! learner's file holds the score, so that nothing has to be built.

use pretty_assertions::assert_eq;
use staff::model::{Confinement, GradedSubmission, Grades, QuestGrade, QuestInfo, QuestState, SCHEMA, Shard};
use staff::report::canvas::GradebookExport;
use staff::report::moodle::GradingWorksheet;
use staff::submissions::known::KnownQuest;
use staff::submissions::{self, Roster, Submission};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Awkward names; two people have the same one.
const NAMES: [&str; 8] =
    ["Anna Weiß", "Søren Ø", "雷 李", "Ben O'Neil", "Eva-Maria von der Au", "Ben O'Neil", "José Núñez", "X Æ"];

/// The number, name and score of everyone. Every tenth has handed in nothing.
fn class() -> Vec<(usize, &'static str, Option<u32>)> {
    (0..40)
        .map(|index| {
            let score = (index % 10 != 9).then(|| u32::try_from(index % 11).unwrap());
            (1000 + index, NAMES[index % NAMES.len()], score)
        })
        .collect()
}

fn write(folder: &TempDir, path: &str, score: u32) {
    let path = folder.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, score.to_string()).unwrap();
}

/// The class as the grader finds it, with the scores in its files.
fn graded(path: &Path, rosters: Vec<Roster>) -> Grades {
    let found = submissions::find(&[path.to_owned()], rosters).unwrap();
    let packages = [KnownQuest::new(3, "quest-03-queue", "")];
    let submissions = found.sources.iter().map(|source| grade(source.read(&packages))).collect();
    Grades {
        schema: SCHEMA,
        title: String::new(),
        course: String::new(),
        toolchain: String::new(),
        seed: 1,
        confinement: Confinement::default(),
        shard: Shard { index: 1, count: 1 },
        class: String::new(),
        policy: Vec::new(),
        anonymous: false,
        scaled_to: None,
        unmatched: BTreeSet::new(),
        quests: vec![QuestInfo {
            number: 3,
            name: "queue".into(),
            package: "quest-03-queue".into(),
            title: String::new(),
            points: 10.into(),
            tests: Vec::new(),
        }],
        submissions,
    }
}

fn grade(submission: Submission) -> GradedSubmission {
    let file = submission.hand_in.files.get(&3).map(|file| String::from_utf8(file.clone()).unwrap());
    let quest = QuestGrade {
        number: 3,
        state: QuestState::Red,
        detail: String::new(),
        earned: file.map(|score| score.parse::<u32>().unwrap().into()),
        adjustment: None,
        tests: Vec::new(),
        file: None,
    };
    GradedSubmission {
        id: submission.id,
        learner: submission.learner,
        intake: submission.hand_in.intake,
        problem: submission.hand_in.problem,
        remarks: submission.hand_in.remarks,
        submitted: submission.submitted,
        adjustments: Vec::new(),
        quests: vec![quest],
    }
}

/// The cells of a column after the header, as an importer reads them, from the row with this number.
fn column(text: &str, header: &str, first: usize) -> Vec<String> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    let column = rows[0].iter().position(|cell| cell == header).unwrap();
    rows[first..].iter().map(|row| row[column].clone()).collect()
}

#[test]
fn moodles_class_gets_its_scores_in_the_worksheet() {
    let folder = TempDir::new().unwrap();
    let mut worksheet =
        "\u{feff}Identifier,\"Full name\",\"Email address\",Status,Grade,\"Maximum grade\"\r\n".to_owned();
    for (number, name, score) in class() {
        worksheet += &format!("Participant {number},\"{name}\",p{number}@example.org,-,,10.00\r\n");
        let Some(score) = score else { continue };
        let path = match number % 3 {
            0 => format!("{name}_{number}_assignsubmission_file_/quest-03-queue.rs"),
            1 => format!("{name}_{number}_assignsubmission_file/quest-03-queue/src/learner.rs"),
            _ => format!("{name}_{number}_assignsubmission_file_quest-03-queue.rs"),
        };
        write(&folder, &path, score);
        write(&folder, &format!("{name}_{number}_assignsubmission_onlinetext/onlinetext.html"), 0);
    }
    let file = GradingWorksheet::read(worksheet.as_bytes(), None, 10.into()).unwrap();
    let grades = graded(folder.path(), vec![Roster::of_learners(file.people())]);
    assert_eq!(grades.submissions.len(), 40);
    let filled = file.fill(&grades);
    let expected: Vec<String> =
        class().into_iter().map(|(_, _, score)| score.map(|score| score.to_string()).unwrap_or_default()).collect();
    assert_eq!(column(&filled.text, "Grade", 1), expected);
    assert_eq!(filled.skipped.len(), 4, "those who handed in nothing are named: {:?}", filled.skipped);
}

#[test]
fn canvas_class_gets_its_scores_in_the_grade_book() {
    let folder = TempDir::new().unwrap();
    let mut export =
        "Student,ID,SIS Login ID,Section,Event loops (77),Final Score\n    Points Possible,,,,10.00,(read only)\n"
            .to_owned();
    for (number, name, score) in class() {
        export += &format!("\"{name}\",{number},l{number},A,,\n");
        let plain: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        let late = if number % 4 == 0 { "_LATE" } else { "" };
        let Some(score) = score else { continue };
        write(&folder, &format!("{plain}{late}_{number}_{}_quest-03-queue.rs", number + 5000), score);
        write(&folder, &format!("{plain}{late}_{number}_{}_README.md", number + 9000), 0);
    }
    let file = GradebookExport::read(export.as_bytes(), None, 10.into()).unwrap();
    let grades = graded(folder.path(), vec![Roster::of_learners(file.students())]);
    assert_eq!(grades.submissions.len(), 40);
    let expected: Vec<String> =
        class().into_iter().map(|(_, _, score)| score.map(|score| format!("{score}.00")).unwrap_or_default()).collect();
    let filled = file.fill(&grades);
    assert_eq!(column(&filled.text, "Event loops (77)", 2), expected);
    assert_eq!(filled.skipped.len(), 4);
}

#[test]
fn gradescopes_class_is_matched_by_email_with_the_grade_book_of_canvas() {
    let folder = TempDir::new().unwrap();
    let mut export =
        "Student,ID,SIS User ID,SIS Login ID,Section,Event loops (77)\n    Points Possible,,,,,10.00\n".to_owned();
    let mut metadata = String::new();
    for (number, name, score) in class() {
        export += &format!("\"{name}\",{number},s{number},,A,\n");
        let Some(score) = score else { continue };
        metadata += &format!(
            "submission_{number}:\n  :submitters:\n  - :name: {name}\n    :sid: s{number}\n    :email: e{number}@example.org\n  \
             :created_at: 2026-04-26 17:34:00.5 Z\n"
        );
        write(&folder, &format!("assignment_1_export/submission_{number}/quest-03-queue.rs"), score);
    }
    fs::write(folder.path().join("assignment_1_export/submission_metadata.yml"), metadata).unwrap();
    let file = GradebookExport::read(export.as_bytes(), None, 10.into()).unwrap();
    let grades = graded(folder.path(), vec![Roster::of_learners(file.students())]);
    assert_eq!(grades.submissions.len(), 40);
    let expected: Vec<String> =
        class().into_iter().map(|(_, _, score)| score.map(|score| format!("{score}.00")).unwrap_or_default()).collect();
    assert_eq!(column(&file.fill(&grades).text, "Event loops (77)", 2), expected);
}

#[test]
fn classrooms_clone_is_matched_with_its_roster() {
    let folder = TempDir::new().unwrap();
    let mut roster = "\"identifier\",\"github_username\",\"github_id\",\"name\"\n".to_owned();
    for (number, name, score) in class() {
        roster += &format!("\"e{number}@example.org\",\"user-{number}\",\"{number}\",\"{name}\"\n");
        let Some(score) = score else { continue };
        write(&folder, &format!("loops-submissions/loops-user-{number}/quest-03-queue/src/learner.rs"), score);
    }
    let path: PathBuf = folder.path().join("classroom_roster.csv");
    fs::write(&path, roster).unwrap();
    let grades = graded(folder.path(), vec![Roster::read(&path).unwrap()]);
    assert_eq!(grades.submissions.len(), 40);
    for (number, _, score) in class() {
        let email = format!("e{number}@example.org");
        let learner = grades.submissions.iter().find(|graded| graded.learner.get("email") == Some(&email)).unwrap();
        assert_eq!(learner.earned(), score.map(Into::into), "{email}");
    }
}

#[test]
fn nobody_guesses_between_two_of_one_name() {
    let folder = TempDir::new().unwrap();
    for id in ["Ben O'Neil", "anna weiß"] {
        write(&folder, &format!("{id}/quest-03-queue.rs"), 7);
    }
    let learner = |number: &str, name: &str| {
        [("canvas_id", number), ("name", name)].map(|(column, cell)| (column.to_owned(), cell.to_owned())).into()
    };
    let rows = [learner("1", "O'Neil, Ben"), learner("2", "O'Neil, Ben"), learner("3", "Weiß, Anna")];
    let grades = graded(folder.path(), vec![Roster::of_learners(rows)]);
    let with_number: Vec<(&str, &str)> = grades
        .submissions
        .iter()
        .filter(|graded| graded.earned().is_some())
        .filter_map(|graded| Some((graded.id.as_str(), graded.learner.get("canvas_id")?.as_str())))
        .collect();
    assert_eq!(with_number, [("anna weiß", "3")]);
}
