//! A small class with one of everything.

use staff::model::{
    Confinement, GradedSubmission, Grades, Intake, QuestGrade, QuestInfo, QuestState, SCHEMA, Shard, TestGrade,
    TestInfo,
};
use std::collections::{BTreeMap, BTreeSet};

/// A submission's name that would run, were it not escaped.
pub const HOSTILE: &str = "<script>alert(1)</script>";

/// What a program can print.
const MARKUP: &str =
    "</pre><img src=\"http://example.com/x.png\" onerror=\"alert(2)\">\u{1b}[31m<script>alert(3)</script>";

const EXPECTED: &str = "     0 ms  Task 1  started\n  3000 ms  Task 1  finished\n  3000 ms  Task 2  started\n  5000 ms  Task 2  finished\n";
const SEEN: &str = "     0 ms  Task 1  started\n     0 ms  Task 2  started\n  3000 ms  Task 1  finished\n";

const COMPILER: &str = "error[E0308]: mismatched types\n  --> quest-03-queue/src/learner.rs:21:9\n   |\n20 |     \
    pub fn new() -> Self {\n   |                     ---- expected `TaskQueue` because of return type\n21 |         5\n   \
    |         ^ expected `TaskQueue`, found integer\n";

/// Three quests and eight submissions.
pub fn grades() -> Grades {
    let mut grades = Grades {
        schema: SCHEMA,
        title: "Event loops, spring term".into(),
        course: "8f14e45fceea167a".into(),
        toolchain: "rustc 1.95.0 (59807616e 2026-04-14)".into(),
        seed: 4711,
        confinement: Confinement { granted: vec!["Files: only the workspace can be read.".into()], missing: vec![] },
        shard: Shard { index: 1, count: 1 },
        class: "c9f0f895fb98ab91".into(),
        policy: vec![],
        anonymous: false,
        scaled_to: None,
        unmatched: BTreeSet::new(),
        quests: vec![
            quest_facts(1, "blocking", "Blocking and waiting"),
            quest_facts(2, "timer", "Timers"),
            quest_facts(3, "queue", "The event queue"),
        ],
        submissions: vec![
            submission(HOSTILE, [red(1), not_started(2), stopped(3, QuestState::NotHandedIn, "")]),
            submission("ann", [passed(1), passed(2), passed(3)]),
            submission("bob", [passed(1), underway(2), not_started(3)]),
            submission("cid", [red(1), red(2), stopped(3, QuestState::DoesNotCompile, COMPILER)]),
            submission("dot", [passed(1), scenario_failed(2), stopped(3, QuestState::Rejected, "line 3: unsafe code")]),
            submission("eve", [passed(1), passed(2), stopped(3, QuestState::InfraError, "no space left on device")]),
            submission("s10", [red(1), passed(2), passed(3)]),
            submission("s9", [passed(1), passed(2), not_started(3)]),
        ],
    };
    grades.submissions[1].learner = BTreeMap::from([("name".to_owned(), "Ann Lovelace".to_owned())]);
    grades
}

/// The submission of that name.
pub fn of<'a>(grades: &'a Grades, id: &str) -> &'a GradedSubmission {
    grades.submissions.iter().find(|submission| submission.id == id).expect("it is in the sample")
}

pub fn submission(id: &str, quests: [QuestGrade; 3]) -> GradedSubmission {
    GradedSubmission {
        id: id.into(),
        learner: BTreeMap::new(),
        intake: Intake::Accepted,
        problem: None,
        remarks: Vec::new(),
        submitted: None,
        adjustments: Vec::new(),
        quests: quests.into(),
    }
}

fn quest_facts(number: u32, name: &str, title: &str) -> QuestInfo {
    let test = |name: &str, step: &str, says: &str, points: u32| TestInfo {
        name: name.into(),
        step: step.into(),
        says: says.into(),
        points: points.into(),
        exempt: None,
    };
    QuestInfo {
        number,
        name: name.into(),
        package: format!("quest-{number:02}-{name}"),
        title: title.into(),
        points: 10.into(),
        tests: vec![
            test("one_after_the_other", "In turn", "Two jobs run one after the other: 3 s, then 2 s.", 4),
            test("at_the_same_time", "At once", "Two jobs run at the same time.", 6),
            test("scenario", "Anything at all", "Random jobs do the same as with the course's solution.", 0),
        ],
    }
}

pub fn passed(number: u32) -> QuestGrade {
    graded(
        number,
        QuestState::Passed,
        10,
        [passing(4, "one_after_the_other"), passing(6, "at_the_same_time"), passing(0, "scenario")],
    )
}

pub fn not_started(number: u32) -> QuestGrade {
    let tests = [open("one_after_the_other"), open("at_the_same_time"), open("scenario")];
    graded(number, QuestState::NotStarted, 0, tests)
}

fn underway(number: u32) -> QuestGrade {
    graded(
        number,
        QuestState::Underway,
        4,
        [passing(4, "one_after_the_other"), open("at_the_same_time"), open("scenario")],
    )
}

fn red(number: u32) -> QuestGrade {
    let wrong = TestGrade {
        why: "The timeline differs from the expected one.".into(),
        expected: Some(EXPECTED.into()),
        seen: Some(SEEN.into()),
        output: MARKUP.into(),
        ..failing("one_after_the_other", "wrong")
    };
    let panicked = TestGrade {
        why:
            "Your code panicked:\n    index out of bounds: the len is 0 but the index is 0\n    at src/learner.rs:12:5"
                .into(),
        ..failing("at_the_same_time", "panicked")
    };
    graded(number, QuestState::Red, 0, [wrong, panicked, open("scenario")])
}

fn scenario_failed(number: u32) -> QuestGrade {
    let failed = TestGrade {
        why: "The timeline differs from the expected one.".into(),
        expected: Some(EXPECTED.into()),
        seen: Some(String::new()),
        ..failing("scenario", "wrong")
    };
    graded(number, QuestState::Red, 5, [passing(4, "one_after_the_other"), passing(6, "at_the_same_time"), failed])
}

pub fn stopped(number: u32, state: QuestState, detail: &str) -> QuestGrade {
    let earned = (state != QuestState::InfraError).then_some(0);
    QuestGrade {
        number,
        state,
        detail: detail.into(),
        earned: earned.map(u32::into),
        adjustment: None,
        tests: vec![],
        file: None,
    }
}

fn graded(number: u32, state: QuestState, earned: u32, tests: [TestGrade; 3]) -> QuestGrade {
    QuestGrade {
        number,
        state,
        detail: String::new(),
        earned: Some(earned.into()),
        adjustment: None,
        tests: tests.into(),
        file: None,
    }
}

fn passing(points: u32, name: &str) -> TestGrade {
    TestGrade { earned: points.into(), ..failing(name, "passed") }
}

fn open(name: &str) -> TestGrade {
    TestGrade { why: "Not started: this is the next thing to write.".into(), ..failing(name, "not-started") }
}

fn failing(name: &str, verdict: &str) -> TestGrade {
    TestGrade {
        name: name.into(),
        earned: 0.into(),
        verdict: verdict.into(),
        why: String::new(),
        expected: None,
        seen: None,
        output: String::new(),
    }
}
