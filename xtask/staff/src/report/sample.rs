//! A small class for the reports' tests: every state, and names as awkward as people and attackers make them.

use crate::model::{
    Confinement, GradedSubmission, Grades, Intake, QuestGrade, QuestInfo, QuestState, SCHEMA, Shard, TestGrade,
    TestInfo,
};
use crate::points::Points;
use std::collections::{BTreeMap, BTreeSet};
use xtask::course::SCENARIO;

/// All points. The roster knows everything about its learner.
pub const FULL: &str = "ada";
/// All tests passed but the scenario of quest 1. The id is a folder name of Moodle's.
pub const HALVED: &str = "Zoë ONeil_12346_assignsubmission_file";
/// A wrong and a panicked test, a quest that does not compile, and a rejected one. The learner's name is a formula.
pub const AWKWARD: &str = "eve";
/// The grader failed at quest 2. Its score is not known.
pub const INFRA: &str = "finn";
/// An archive that could not be read.
pub const REFUSED: &str = "gus";
/// An empty folder.
pub const NOTHING: &str = "hana";
/// Quests not started, underway and unreadable. Not on the roster; the id is a formula.
pub const UNKNOWN: &str = "+ivo";

/// A learner's name that a spreadsheet would run.
pub const FORMULA: &str = "=cmd|' /C calc'!A0";
/// What no learner may read: it stands in a hidden scenario.
pub const SECRET: &str = "task 7 after 431 ms";

/// The class: three quests, seven submissions.
pub fn class() -> Grades {
    Grades {
        schema: SCHEMA,
        title: "Event loops & co <2026>".into(),
        course: "c0ffee".into(),
        toolchain: "rustc 1.91.0".into(),
        seed: 4711,
        confinement: Confinement { granted: vec!["no network".into()], missing: vec!["memory is not limited".into()] },
        shard: Shard { index: 1, count: 1 },
        class: "beef".into(),
        policy: vec![],
        anonymous: false,
        scaled_to: None,
        unmatched: BTreeSet::new(),
        quests: vec![quest(1, "blocking"), quest(2, "timer"), quest(3, "queue")],
        submissions: vec![unknown(), halved(), full(), awkward(), infra(), refused(), nothing()],
    }
}

/// A submission of the class.
pub fn submission<'a>(grades: &'a Grades, id: &str) -> &'a GradedSubmission {
    grades.submissions.iter().find(|submission| submission.id == id).expect("the class has this submission")
}

fn quest(number: u32, name: &str) -> QuestInfo {
    let test = |name: &str, points, says: &str| TestInfo {
        name: name.into(),
        step: "First & foremost".into(),
        says: says.into(),
        points: u32::into(points),
        exempt: None,
    };
    QuestInfo {
        number,
        name: name.into(),
        package: format!("quest-{number:02}-{name}"),
        title: format!("The {name}"),
        points: 10.into(),
        tests: vec![
            test("starts_at_once", 4, "It starts \"at once\"."),
            test("ends_in_order", 6, "It ends in order."),
            test(SCENARIO, 0, "A random scenario goes as with the course's solution."),
        ],
    }
}

fn full() -> GradedSubmission {
    let roster = [
        ("name", "Ada Lovelace"),
        ("email", "ada@example.org"),
        ("canvas_id", "501"),
        ("sis_user_id", "S-1"),
        ("sis_login_id", "ada"),
        ("section", "Monday"),
        ("moodle_id", "Participant 12345"),
    ];
    graded(FULL, &roster, [passed(1), passed(2), passed(3)])
}

fn halved() -> GradedSubmission {
    let scenario = TestGrade {
        why: format!("The timeline differs from the expected one: {SECRET}"),
        expected: Some(format!("{SECRET}\n")),
        seen: Some("task 7 after 0 ms\n".into()),
        output: format!("debug: {SECRET}"),
        ..test(SCENARIO, 0, "wrong")
    };
    let tests = vec![test("starts_at_once", 4, "passed"), test("ends_in_order", 6, "passed"), scenario];
    let first = QuestGrade { earned: Some(5.into()), tests, ..observed(1, QuestState::Red) };
    let roster = [("name", "Zoë \"Z\" O'Neil, Jr."), ("email", "zoe@example.org"), ("canvas_id", "502")];
    graded(HALVED, &roster, [first, passed(2), passed(3)])
}

fn awkward() -> GradedSubmission {
    let wrong = TestGrade {
        why: "The timeline differs from the expected one.".into(),
        expected: Some("     0 ms  Task 1  started\n  3000 ms  Task 1  finished\n".into()),
        seen: Some(String::new()),
        output: "\u{1b}[31mred\u{1b}[0m \u{0} bell \u{7} ]]> <b>&amp; \u{fffe} 🦀\r\nsecond line".into(),
        ..test("starts_at_once", 0, "wrong")
    };
    let panicked = TestGrade {
        why: "Your code panicked:\n    \u{1b}[1m\"quoted\" & <tagged>\u{1b}[0m\n    at quest-01-blocking/src/learner.rs:7:5".into(),
        ..test("ends_in_order", 0, "panicked")
    };
    let scenario = TestGrade { why: "Out of time.".into(), ..test(SCENARIO, 0, "out-of-time") };
    let first = QuestGrade {
        earned: Some(Points::ZERO),
        tests: vec![wrong, panicked, scenario],
        ..observed(1, QuestState::Red)
    };
    let second = unobserved(2, QuestState::DoesNotCompile, "error[E0308]: mismatched types\n --> <learner.rs>:3:5\n");
    let third = unobserved(3, QuestState::Rejected, "line 12: `unsafe` is not allowed in a submission");
    let roster = [("name", FORMULA), ("email", "@eve.example.org"), ("canvas_id", "none"), ("section", "-1")];
    graded(AWKWARD, &roster, [first, second, third])
}

fn infra() -> GradedSubmission {
    let second = QuestGrade { earned: None, ..unobserved(2, QuestState::InfraError, "the disk is full\n") };
    let roster = [("name", "Finn 🦀"), ("email", "finn@example.org"), ("canvas_id", "504"), ("moodle_id", "12347")];
    graded(INFRA, &roster, [passed(1), second, passed(3)])
}

fn refused() -> GradedSubmission {
    let quests = [1, 2, 3].map(|number| QuestGrade { earned: None, ..unobserved(number, QuestState::NotRead, "") });
    let problem = "the archive contains `../../etc/passwd`, which lies outside of it";
    let roster = [("name", "Gus"), ("email", "gus@example.org"), ("canvas_id", "505")];
    GradedSubmission { intake: Intake::Unreadable, problem: Some(problem.into()), ..graded(REFUSED, &roster, quests) }
}

fn nothing() -> GradedSubmission {
    let quests = [1, 2, 3].map(|number| QuestGrade { earned: None, ..unobserved(number, QuestState::NotHandedIn, "") });
    let roster = [("name", "Hana"), ("canvas_id", "506")];
    GradedSubmission { intake: Intake::Missing, ..graded(NOTHING, &roster, quests) }
}

fn unknown() -> GradedSubmission {
    let todo = |name| TestGrade { why: "Not started.".into(), ..test(name, 0, "not-started") };
    let names = ["starts_at_once", "ends_in_order", SCENARIO];
    let first = QuestGrade { tests: names.map(todo).into(), ..observed(1, QuestState::NotStarted) };
    let tests = vec![test("starts_at_once", 4, "passed"), todo("ends_in_order"), todo(SCENARIO)];
    let second = QuestGrade { earned: Some(4.into()), tests, ..observed(2, QuestState::Underway) };
    graded(
        UNKNOWN,
        &[],
        [first, second, unobserved(3, QuestState::Rejected, "the file is no text: byte 17 is no UTF-8")],
    )
}

fn graded(id: &str, roster: &[(&str, &str)], quests: [QuestGrade; 3]) -> GradedSubmission {
    let learner: BTreeMap<_, _> = roster.iter().map(|&(column, cell)| (column.into(), cell.into())).collect();
    let (intake, problem, remarks) = (Intake::Accepted, None, Vec::new());
    let (submitted, adjustments) = (None, Vec::new());
    GradedSubmission { id: id.into(), learner, intake, problem, remarks, submitted, adjustments, quests: quests.into() }
}

fn passed(number: u32) -> QuestGrade {
    let tests =
        vec![test("starts_at_once", 4, "passed"), test("ends_in_order", 6, "passed"), test(SCENARIO, 0, "passed")];
    QuestGrade { earned: Some(10.into()), tests, ..observed(number, QuestState::Passed) }
}

fn observed(number: u32, state: QuestState) -> QuestGrade {
    QuestGrade {
        number,
        state,
        detail: String::new(),
        earned: Some(Points::ZERO),
        adjustment: None,
        tests: Vec::new(),
        file: Some(format!("f11e{number}")),
    }
}

fn unobserved(number: u32, state: QuestState, detail: &str) -> QuestGrade {
    let file = (!matches!(state, QuestState::NotHandedIn | QuestState::NotRead)).then(|| format!("f11e{number}"));
    QuestGrade { detail: detail.into(), file, ..observed(number, state) }
}

fn test(name: &str, earned: u32, verdict: &str) -> TestGrade {
    TestGrade {
        name: name.into(),
        earned: earned.into(),
        verdict: verdict.into(),
        why: String::new(),
        expected: None,
        seen: None,
        output: String::new(),
    }
}
