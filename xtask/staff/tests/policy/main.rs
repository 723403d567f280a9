//! The real program with a `grading.toml`: what it changes, in every report, and what it leaves alone.
#![warn(clippy::pedantic)]

use staff::model::{
    Confinement, GradedSubmission, Grades, Intake, QuestGrade, QuestInfo, QuestState, SCHEMA, Shard, TestGrade,
    TestInfo,
};
use staff::policy::Policy;
use staff::shard::class_fingerprint;
mod anonymous;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;
use xtask::course::{Course, Quest};

const CLASS: [&str; 3] = ["anna", "ben", "carl"];

fn course() -> Course {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    Course::read(root.to_owned()).unwrap()
}

/// A class that the tests have judged. Everyone passes everything but one test: anna fails the first of quest 3.
fn judged(course: &Course) -> Grades {
    let quests = course.quests.iter().map(quest_info).collect();
    let submissions = CLASS.map(|id| GradedSubmission {
        id: id.to_owned(),
        learner: BTreeMap::from([("name".to_owned(), format!("The {id}")), ("canvas_id".to_owned(), canvas_id(id))]),
        intake: Intake::Accepted,
        problem: None,
        remarks: Vec::new(),
        submitted: Some("2026-11-21T08:00:00Z".to_owned()),
        adjustments: Vec::new(),
        quests: course.quests.iter().map(|quest| graded(quest, id == "anna" && quest.number == 3)).collect(),
    });
    Grades {
        schema: SCHEMA,
        title: "Event loops".to_owned(),
        course: String::new(),
        toolchain: String::new(),
        seed: 7,
        confinement: Confinement::default(),
        shard: Shard { index: 1, count: 1 },
        class: class_fingerprint(CLASS),
        policy: Vec::new(),
        anonymous: false,
        scaled_to: None,
        unmatched: BTreeSet::new(),
        quests,
        submissions: submissions.into(),
    }
}

fn canvas_id(id: &str) -> String {
    (500 + CLASS.iter().position(|other| *other == id).unwrap()).to_string()
}

fn quest_info(quest: &Quest) -> QuestInfo {
    let test = |(step, test): (&xtask::course::Step, &xtask::course::Test)| TestInfo {
        name: test.name.clone(),
        step: step.title.clone(),
        says: test.says.clone(),
        points: test.points.into(),
        exempt: None,
    };
    QuestInfo {
        number: quest.number,
        name: quest.name.clone(),
        package: quest.package.clone(),
        title: quest.meta.title.clone(),
        points: quest.meta.points.into(),
        tests: quest.tests().map(test).collect(),
    }
}

fn graded(quest: &Quest, fails_the_first: bool) -> QuestGrade {
    let test = |(index, (_, test)): (usize, (_, &xtask::course::Test))| {
        let passed = index > 0 || !fails_the_first;
        TestGrade {
            name: test.name.clone(),
            earned: if passed { test.points.into() } else { 0.into() },
            verdict: if passed { "passed" } else { "wrong" }.to_owned(),
            why: String::new(),
            expected: None,
            seen: None,
            output: String::new(),
        }
    };
    let tests: Vec<TestGrade> = quest.tests().enumerate().map(test).collect();
    QuestGrade {
        number: quest.number,
        state: if fails_the_first { QuestState::Red } else { QuestState::Passed },
        detail: String::new(),
        earned: Some(tests.iter().map(|test| test.earned).sum()),
        adjustment: None,
        tests,
        file: None,
    }
}

/// Makes reports from what the tests have judged, by this policy.
struct Run {
    folder: TempDir,
    output: Output,
}

impl Run {
    fn with(policy: &str, options: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("grades.json"), serde_json::to_vec(&judged(&course())).unwrap()).unwrap();
        Self::within(folder, policy, options)
    }

    /// Once more, in the same folder.
    fn again(self, policy: &str, options: &[&str]) -> Self {
        Self::within(self.folder, policy, options)
    }

    fn within(folder: TempDir, policy: &str, options: &[&str]) -> Self {
        let course = course();
        fs::write(folder.path().join("grading.toml"), policy).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_staff"));
        xtask::engine::cargo::clean_environment(&mut command);
        command.current_dir(folder.path()).env("CARGO_MANIFEST_DIR", course.root.join("xtask"));
        command.args(["grade", "merge", "grades.json", "--policy", "grading.toml", "--out", "out"]);
        let output = command.args(["--canvas", "Event loops (1234)"]).args(options).output().unwrap();
        Self { folder, output }
    }

    fn report(&self, name: &str) -> String {
        fs::read_to_string(self.out().join(name)).unwrap_or_else(|error| panic!("{name}: {error}\n{}", self.said()))
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    fn said(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    /// The total and the possible points, as `grades.csv` has them.
    fn totals(&self) -> Vec<(String, String)> {
        let text = self.report("grades.csv");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().unwrap().clone();
        let [total, possible] = ["total", "possible"].map(|name| header.iter().position(|it| it == name).unwrap());
        reader.records().map(|row| row.unwrap()).map(|row| (row[total].to_owned(), row[possible].to_owned())).collect()
    }
}

fn totals(totals: [&str; 3], possible: &str) -> Vec<(String, String)> {
    totals.map(|total| (total.to_owned(), possible.to_owned())).into()
}

#[test]
fn an_exempt_test_an_override_and_lateness_are_in_every_report() {
    let course = course();
    let test = &course.quests[2].tests().next().unwrap().1.name;
    let points = course.quests[2].tests().next().unwrap().1.points;
    let run = Run::with(
        &format!(
            "due = 2026-11-20T23:59:00Z\n[late]\npercent = 10\n\
             [[exempt]]\nquest = 3\ntest = \"{test}\"\nreason = \"The test was wrong.\"\n\
             [[learner]]\nid = \"ben\"\ndue = 2026-12-01T00:00:00Z\nextra = 2.5\n\
             [[learner]]\nid = \"carl\"\nsubmitted = 2026-11-20T10:00:00Z\n\
             [[learner.quest]]\nnumber = 10\npoints = 1\ncomment = \"Copied from ben.\"\n"
        ),
        &[],
    );
    let possible = 100 - points;
    let ten_percent = staff::points::Points::from(possible).scaled(10.into(), 100.into());
    let anna = (staff::points::Points::from(possible) - ten_percent).to_string();
    let ben = format!("{possible}.5").replace(&possible.to_string(), &(possible + 2).to_string());
    let carl = (possible - 9).to_string();
    assert_eq!(run.totals(), totals([&anna, &ben, &carl], &possible.to_string()), "{}", run.said());
    let canvas = run.report("canvas.csv");
    for (id, total) in CLASS.iter().zip([&anna, &ben, &carl]) {
        let row = canvas.lines().find(|line| line.contains(&format!("The {id}"))).unwrap();
        assert!(row.ends_with(&format!(",{:.2}", total.parse::<f64>().unwrap())), "{row}: {total}");
    }
    let class = run.report("report.html");
    assert!(class.contains("does not count: The test was wrong."), "the class report names it");
    for (page, words) in [
        ("anna", "does not count: The test was wrong."),
        ("anna", "which costs 10 % of all points"),
        ("ben", "Extra points: +2.5"),
        ("carl", "Your teacher set the points of this quest to 1 (the tests gave 10). Copied from ben."),
    ] {
        assert!(run.report(&format!("feedback/{page}.html")).contains(words), "{page}: {words}");
    }
    for (page, words) in
        [("ben", "of all points"), ("carl", "of all points"), ("anna", "Extra"), ("ben", "Your teacher set")]
    {
        assert!(!run.report(&format!("feedback/{page}.html")).contains(words), "{page}: {words}");
    }
    assert_eq!(run.output.status.code(), Some(0), "{}", run.said());
}

#[test]
fn without_decisions_nothing_changes() {
    let course = course();
    let run = Run::with("", &[]);
    let written: Grades = serde_json::from_str(&run.report("grades.json")).unwrap();
    assert_eq!(written, judged(&course));
}

#[test]
fn a_wrong_policy_is_told_before_anything_is_written() {
    for (policy, words) in [
        ("[[exempt]]\nquest = 3\ntest = \"nonsense\"\nreason = \"\"", "quest 3 has no test `nonsense`; its tests: "),
        ("[[exempt]]\nquest = 30\nreason = \"\"", "the course has no quest 30"),
        ("[[learner]]\nid = \"dora\"", "no submission has the id `dora`"),
        ("[[learner]]\nid = \"anna\"\n[[learner]]\nid = \"anna\"", "two `[[learner]]` tables"),
        ("[[weight]]\nquest = 3\ntest = \"scenario\"\npoints = 3", "has no points of its own"),
        ("[late]\npercent = 10", "add `due = …`"),
    ] {
        let run = Run::with(policy, &[]);
        assert_eq!(run.output.status.code(), Some(2), "{policy}");
        assert!(run.said().contains(words) && run.said().contains("grading.toml"), "{policy}: {}", run.said());
        assert!(!run.out().exists(), "{policy}");
    }
}

/// Grades a learner's folder in which nothing needs a build. It has a `grading.toml` of its own.
fn graded_with_a_learners_policy(paths: &[&str], teachers: Option<&str>) -> String {
    let folder = TempDir::new().unwrap();
    let learner = folder.path().join("class").join("anna");
    fs::create_dir_all(&learner).unwrap();
    fs::write(learner.join("quest-03-queue.rs"), "unsafe fn queue() {}").unwrap();
    for place in [learner.clone(), learner.join("quest-03-queue")] {
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join("grading.toml"), "[[learner]]\nid = \"anna\"\nextra = 90\n").unwrap();
    }
    if let Some(text) = teachers {
        fs::write(folder.path().join("grading.toml"), text).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_staff"));
    xtask::engine::cargo::clean_environment(&mut command);
    command.current_dir(folder.path()).env("CARGO_MANIFEST_DIR", course().root.join("xtask"));
    let output = command.arg("grade").args(paths).args(["--work", "work", "--seed", "1"]).output().unwrap();
    let grades = fs::read(folder.path().join("grades/grades.json"));
    let grades: Grades =
        serde_json::from_slice(&grades.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr))))
            .unwrap();
    grades.submissions[0].earned().unwrap().to_string()
}

#[test]
fn no_learner_decides_about_points() {
    for path in ["class/anna", "class", "class/anna/", "class/../class/anna/."] {
        assert_eq!(graded_with_a_learners_policy(&[path], None), "0", "{path}");
    }
    // A part of the class may have a policy that names others.
    let of_others = "[[learner]]\nid = \"zoe\"\nextra = 2\n";
    assert_eq!(graded_with_a_learners_policy(&["class/anna", "--policy", "grading.toml"], Some(of_others)), "0");
    let teachers = "[[learner]]\nid = \"anna\"\nextra = 2\n";
    assert_eq!(graded_with_a_learners_policy(&["class"], Some(teachers)), "2");
}

#[test]
fn the_readmes_example_is_one() {
    let course = course();
    let readme = fs::read_to_string(course.root.join("README.md")).unwrap();
    let example = readme.split_once("```toml\ndue = ").and_then(|(_, rest)| rest.split_once("```")).unwrap().0;
    let policy = Policy::parse(&format!("due = {example}")).unwrap();
    policy.check(&course, ["anna"]).unwrap();
    assert!(policy.late.is_some() && policy.anonymous && policy.learner[0].quest[0].points == Some(7.into()));
}

/// The real program in this folder.
fn grade(folder: &TempDir, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_staff"));
    xtask::engine::cargo::clean_environment(&mut command);
    command.current_dir(folder.path()).env("CARGO_MANIFEST_DIR", course().root.join("xtask"));
    let output = command.arg("grade").args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A class in which nothing needs a build, and a grade book of Canvas that has anna, ben and carl.
fn class_of(names: &[&str]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for name in names {
        let learner = folder.path().join("class").join(name);
        fs::create_dir_all(&learner).unwrap();
        fs::write(learner.join("quest-03-queue.rs"), "unsafe fn queue() {}").unwrap();
    }
    let rows = CLASS.map(|id| format!("{id},{},,\n", canvas_id(id))).concat();
    let header = "Student,ID,Section,Event loops (1234)\n    Points Possible,,,100.00\n";
    fs::write(folder.path().join("book.csv"), format!("{header}{rows}")).unwrap();
    folder
}

/// What the filled in grade book has for everyone.
fn grades_in(folder: &TempDir, book: &str) -> Vec<String> {
    let text = fs::read_to_string(folder.path().join(book)).unwrap();
    text.lines().skip(2).map(|line| line.rsplit(',').next().unwrap().to_owned()).collect()
}

const ZEROS: [&str; 8] = ["class", "--canvas", "book.csv", "--missing", "zero", "--work", "work", "--seed=1"];

#[test]
fn nobody_gets_a_zero_who_may_have_handed_in_what_has_no_row() {
    let folder = class_of(&["anna", "benny"]);
    let (code, said) = grade(&folder, &ZEROS);
    assert_eq!(code, Some(1), "{said}");
    let words =
        "Nobody got zero points from `--missing zero`: the roster has no row for `benny`, so any of the 2 learners";
    assert!(said.contains(words) && said.contains("Give each the name"), "{said}");
    assert_eq!(grades_in(&folder, "grades/canvas.csv"), ["0.00", "", ""]);
    let report = fs::read_to_string(folder.path().join("grades/report.html")).unwrap();
    assert!(report.contains("Nobody got zero points"));
    fs::rename(folder.path().join("class/benny"), folder.path().join("class/ben")).unwrap();
    let (code, said) = grade(&folder, &ZEROS);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(grades_in(&folder, "grades/canvas.csv"), ["0.00"; 3]);
    let (code, said) = grade(&folder, &["class", "--missing", "zero"]);
    assert!(code == Some(2) && said.contains("name a roster with --roster"), "{said}");
}

#[test]
fn a_shard_writes_no_grade_book_and_the_merge_knows_who_had_no_row() {
    let folder = class_of(&["anna", "benny"]);
    for (part, out) in [("1/2", "parts/1"), ("2/2", "parts/2")] {
        let (code, said) = grade(&folder, &[&ZEROS[..], &["--shard", part, "--out", out]].concat());
        assert_eq!(code, Some(0), "{said}");
        for words in
            ["A shard writes no canvas.csv: give --canvas to `grade merge`", "give --missing zero to `grade merge`"]
        {
            assert!(said.contains(words), "{words}: {said}");
        }
        assert!(!folder.path().join(out).join("canvas.csv").exists());
    }
    let merge = ["merge", "parts", "--canvas", "book.csv", "--missing", "zero"];
    let (code, said) = grade(&folder, &merge);
    assert!(code == Some(1) && said.contains("the roster has no row for `benny`"), "{said}");
    assert_eq!(grades_in(&folder, "grades/canvas.csv"), ["0.00", "", ""]);
    // Without a roster, the shards know of nobody who is absent.
    let (_, said) = grade(&folder, &["class", "--seed=1", "--shard", "1/1", "--out", "alone/1"]);
    assert!(!said.contains("--missing zero"), "{said}");
    let (_, said) = grade(&folder, &["merge", "alone", "--missing", "zero", "--out", "whole"]);
    assert!(said.contains("Nobody got zero points") && said.contains("If they had no roster"), "{said}");
}

#[test]
fn what_lies_among_the_submissions_is_named_and_decides_nothing() {
    let folder = class_of(&CLASS);
    fs::write(folder.path().join("class/grading.toml"), "[[learner]]\nid = \"anna\"\nextra = 90\n").unwrap();
    let graded = ["class", "--canvas", "book.csv", "--work", "work", "--seed=1"];
    let (_, said) = grade(&folder, &graded);
    let named = said.contains("class/grading.toml is not followed") && said.contains("--policy FILE");
    assert!(named, "{said}");
    assert_eq!(grades_in(&folder, "grades/canvas.csv"), ["0.00"; 3]);
    let (_, said) = grade(&folder, &[&graded[..], &["--policy", "class/grading.toml"]].concat());
    assert!(!said.contains("is not followed"), "{said}");
    assert_eq!(grades_in(&folder, "grades/canvas.csv"), ["90.00", "0.00", "0.00"]);
    // Nor are the parts of a merge anybody's work.
    fs::create_dir(folder.path().join("class/parts")).unwrap();
    fs::rename(folder.path().join("grades/grades.json"), folder.path().join("class/parts/grades.json")).unwrap();
    let (code, said) = grade(&folder, &["merge", "class/parts", "--submissions", "class", "--out", "class/whole"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("class/grading.toml is not followed"), "{said}");
    assert!(said.contains("class/parts is not graded: it holds files of this run"), "{said}");
}
