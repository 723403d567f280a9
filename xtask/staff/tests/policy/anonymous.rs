//! Numbers in place of names: no report for graders names anyone, and `--reveal` gives what is written without.

use super::{CLASS, Run, course, judged};
use pretty_assertions::assert_eq;
use staff::model::{GradedSubmission, Grades, Intake};
use staff::shard::class_fingerprint;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const MOODLES: &str = "Ben Okafor_12345678_assignsubmission_file";
const OF_A_GROUP: &str = "submission_7 dora@old.example";

/// Everything that names somebody in [`class`], except for ids that are ordinary words.
const NAMES: [&str; 20] = [
    "anna",
    "Anna",
    "Weiß",
    "weiß",
    "12345678",
    "Okafor",
    "okafor",
    "ben@uni.example",
    "assignsubmission",
    "Dora",
    "dora@old.example",
    "dora.fischer",
    "Fischer",
    "submission_7",
    "S-1234567",
    "Nguyen",
    "an@uni.example",
    "Uno",
    "Holm",
    "lovely_hack",
];

const POLICY: &str = "[[exempt]]\nquest = 1\nreason = \"Okafor found that the quest was wrong.\"\n\
    [[learner]]\nid = \"anna\"\nextra = 1\ncomment = \"As Ben Okafor has it, see anna_weiß.rs. Well done, Anna!\"\n\
    [[learner.quest]]\nnumber = 3\npoints = 1\ncomment = \"Copied from dora.fischer@uni.example, says Fischer.\"\n";

/// A class whose names are in every text that can hold one, and whose ids are as awkward as any.
fn class() -> Grades {
    let mut grades = judged(&course());
    let one = grades.submissions[0].clone();
    let learner = |columns: &[(&str, &str)]| {
        columns.iter().map(|(column, cell)| ((*column).to_owned(), (*cell).to_owned())).collect()
    };
    let of = |id: &str, columns: &[(&str, &str)], remark: &str| GradedSubmission {
        id: id.to_owned(),
        learner: learner(columns),
        remarks: vec![remark.to_owned()],
        ..one.clone()
    };
    grades.submissions = vec![
        of(
            "1",
            &[("name", "Uno Holm"), ("canvas_id", "501")],
            "`Uno's 1.zip/lovely_hack.rs` is not the file of any quest",
        ),
        of(MOODLES, &[("name", "Ben Okafor"), ("email", "ben@uni.example")], "`ben_okafor.rs` counts, not `Ben`"),
        of("an", &[("name", "An Nguyen"), ("email", "an@uni.example")], "The platform marks it as late."),
        of("anna", &[("name", "Anna Weiß"), ("canvas_id", "502"), ("section", "Monday")], ""),
        of(
            OF_A_GROUP,
            &[("name", "Dora Fischer"), ("email", "dora.fischer@uni.example"), ("sis_user_id", "S-1234567")],
            "Handed in by a group, and each member gets this score: dora@old.example, Anna Weiß.",
        ),
    ];
    let ben = &mut grades.submissions[1];
    let why = format!("2 folders are of one learner: class/{MOODLES} and class/{MOODLES}_. Remove all but one");
    (ben.intake, ben.problem) = (Intake::Undecided, Some(why));
    ben.quests.iter_mut().for_each(|quest| quest.earned = None);
    for submission in &mut grades.submissions {
        let quest = &mut submission.quests[2];
        quest.detail = "error: no such thing\n 1 | // by Anna Weiß <an@uni.example>, queue 1\n".into();
        let test = &mut quest.tests[0];
        test.why = "Your code panicked: Okafor was here, 1 of 10, an end".into();
        test.expected = Some("1 ms  Task 1  an event\n".to_owned());
        test.seen = Some("1 ms  Task 1  an event of dora@old.example\n".to_owned());
        test.output = "written by S-1234567 and submission_7 dora@old.example\n".into();
    }
    grades.class = class_fingerprint(grades.submissions.iter().map(|graded| graded.id.as_str()));
    grades
}

/// Makes reports on [`class`], all of whom handed in the same file.
fn report(policy: &str) -> Run {
    let (folder, grades) = (TempDir::new().unwrap(), class());
    for graded in &grades.submissions {
        let path = folder.path().join("class").join(&graded.id).join("quest-03-queue/src/learner.rs");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "// by Anna Weiß\npub fn mine() -> u32 {\n    42\n}\n").unwrap();
    }
    fs::write(folder.path().join("grades.json"), serde_json::to_vec(&grades).unwrap()).unwrap();
    Run::within(folder, policy, &FILES)
}

const FILES: [&str; 2] = ["--submissions", "class"];

fn anonymous() -> String {
    format!("anonymous = true\n{POLICY}")
}

/// Every file in the folder with its content, without what is random in pages.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            let inner = self::files(&entry.path()).into_iter();
            files.extend(inner.map(|(inner, text)| (format!("{name}/{inner}"), text)));
        } else {
            files.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
    files
}

#[test]
fn no_file_of_an_anonymous_run_names_anyone() {
    let run = report(&anonymous());
    let mut files = files(&run.out());
    assert!(files.remove("grades.json").unwrap().contains("Anna Weiß"), "{}", run.said());
    assert_eq!(files.keys().filter(|name| name.starts_with("feedback/submission-")).count(), 5);
    for (file, text) in &files {
        for name in NAMES {
            assert!(!file.contains(name) && !text.contains(name), "{name} in {file}");
        }
    }
    assert!(files["report.html"].contains("identical") && !run.out().join("similarity").exists(), "{}", run.said());
    let all = files.values().cloned().collect::<String>();
    for words in [
        "each member gets this score: …",
        "The platform marks it as late.",
        "`….rs` is not the file of any quest",
        "2 folders are of one learner: …",
        "1 ms  Task 1  an event",
        ", queue 1",
        "was here, 1 of 10, an end",
        "found that the quest was wrong.",
    ] {
        assert!(all.contains(words), "{words}");
    }
}

#[test]
fn revealed_it_is_what_would_have_been_written() {
    let never = report(POLICY);
    assert!(fs::read_dir(never.out().join("similarity")).unwrap().count() > 0, "{}", never.said());
    let hidden = report(POLICY).again(&anonymous(), &FILES);
    assert_eq!(fs::read_dir(hidden.out().join("similarity")).unwrap().count(), 0, "{}", hidden.said());
    let revealed = hidden.again(&anonymous(), &[FILES[0], FILES[1], "--reveal"]);
    assert_eq!(files(&revealed.out()), files(&never.out()), "{}", revealed.said());
    assert!(revealed.report("canvas.csv").contains("Anna Weiß"));
}

#[test]
fn names_of_an_earlier_run_are_removed_or_told() {
    let named = Run::with("", &[]);
    let edited = named.out().join("feedback/carl.html");
    fs::write(&edited, "carl, and a word from the teacher").unwrap();
    let hidden = named.again("anonymous = true", &[]);
    for id in &CLASS[..2] {
        assert!(!hidden.out().join(format!("feedback/{id}.html")).exists(), "{id}");
    }
    assert!(edited.exists() && hidden.out().join("canvas.csv").exists(), "files that others may have changed stay");
    let said = hidden.said();
    assert!(said.contains("may name learners: canvas.csv, feedback/carl.html."), "{said}");
    assert!(said.contains("Only then is a file for Canvas or Moodle written."), "{said}");
    let fresh = Run::with("anonymous = true", &[]);
    assert!(
        !fresh.said().contains("may name learners") && !fresh.out().join("canvas.csv").exists(),
        "{}",
        fresh.said()
    );
}

#[test]
fn a_platform_without_results_is_told_before_anything_is_written() {
    let run = Run::with("anonymous = true", &["--gradescope", "results.json"]);
    assert_eq!(run.output.status.code(), Some(2));
    assert!(run.said().contains("add --reveal") && !run.out().exists(), "{}", run.said());
}
