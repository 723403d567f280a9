//! The report for tools, one JSON document:
//!
//! ```json
//! {
//!   "schema": 1,
//!   "mode": "learner",
//!   "passed": false,
//!   "quests": [{
//!     "number": 3, "name": "queue", "package": "quest-03-queue", "title": "…",
//!     "points": 10, "earned": 4,
//!     "capped": "true if a red scenario limits `earned` to half of the points, below what the passing tests are worth",
//!     "state": "passed | not-started | underway | red | does-not-compile | rejected",
//!     "detail": "the compiler's messages, or why the file was rejected; else null",
//!     "tests": [{
//!       "name": "…", "step": "…", "says": "…", "points": 2,
//!       "verdict": "passed | not-started | wrong | panicked | deadlocked | out-of-time | blocked-outside-virtual-time | too-much-output | too-much-written | too-many-threads | out-of-memory | stack-overflow | disturbed | ended-early | missing",
//!       "expected": "…", "seen": "…",
//!       "panics": [{ "message": "…", "location": "…", "thread": "…" }],
//!       "report": "what each thread waits for, or how it ended",
//!       "recorded": "the timeline until a panic or a deadlock",
//!       "output": "what the code printed"
//!     }]
//!   }],
//!   "next": { "quest": 3, "test": "… or null", "file": "quest-03-queue/src/learner.rs", "line": 12, "hint": "cargo xtask hint 3" }
//! }
//! ```
//!
//! A field of a test that its verdict does not have is absent. `next` is null when everything asked for passes.

use super::check_report::Report;
use crate::course::{Quest, Step, Test};
use crate::engine::verdict::{Judgement, QuestStatus, TestResult, Verdict};
use crate::terminal::style::plain;
use observe::Panic;
use serde_json::{Map, Value, json};

/// The whole report.
pub fn render(report: &Report) -> String {
    let next = report.next().map(|next| {
        json!({
            "quest": next.quest.number,
            "test": next.red.map(|(_, test, _)| &test.name),
            "file": next.location.file,
            "line": next.location.line,
            "hint": format!("cargo xtask hint {}", next.quest.number),
        })
    });
    let document = json!({
        "schema": 1,
        "mode": report.mode.name(),
        "passed": report.passed(),
        "quests": report.results.iter().map(|(quest, judgement)| of_quest(quest, judgement)).collect::<Vec<_>>(),
        "next": next,
    });
    format!("{document:#}")
}

fn of_quest(quest: &Quest, judgement: &Judgement) -> Value {
    let detail = match judgement {
        Judgement::Rejected(rejection) => Some(rejection.to_string()),
        Judgement::DoesNotCompile(errors) => Some(errors.iter().map(|error| plain(&error.rendered)).collect()),
        Judgement::Observed(_) => None,
    };
    let tests = quest.tests().zip(judgement.tests()).map(|((step, test), judged)| of_test(step, test, judged));
    json!({
        "number": quest.number,
        "name": quest.name,
        "package": quest.package,
        "title": quest.meta.title,
        "points": quest.meta.points,
        "earned": judgement.points(),
        "capped": judgement.points_without_cap().is_some(),
        "state": match judgement.status() {
            QuestStatus::Green => "passed",
            QuestStatus::NotStarted => "not-started",
            QuestStatus::Underway => "underway",
            QuestStatus::Red => "red",
            QuestStatus::DoesNotCompile => "does-not-compile",
            QuestStatus::Rejected => "rejected",
        },
        "detail": detail,
        "tests": tests.collect::<Vec<_>>(),
    })
}

fn of_test(step: &Step, test: &Test, judged: &TestResult) -> Value {
    let mut value = Map::new();
    let mut put = |name: &str, field: Value| value.insert(name.to_owned(), field);
    put("name", json!(test.name));
    put("step", json!(step.title));
    put("says", json!(test.says));
    put("points", json!(test.points));
    put("verdict", json!(judged.verdict.name()));
    match &judged.verdict {
        Verdict::Wrong { expected, seen } => {
            put("expected", json!(expected));
            put("seen", json!(seen));
        }
        Verdict::NotStarted { panics: list } => {
            put("panics", panics(list));
        }
        Verdict::Panicked { panics: list, so_far } => {
            put("panics", panics(list));
            put("recorded", json!(so_far));
        }
        Verdict::Deadlocked { report, so_far } => {
            put("report", json!(report));
            put("recorded", json!(so_far));
        }
        Verdict::Disturbed { how } | Verdict::Ended { how } => {
            put("report", json!(how));
        }
        _ => {}
    }
    put("output", json!(judged.output));
    Value::Object(value)
}

fn panics(panics: &[Panic]) -> Value {
    panics
        .iter()
        .map(|panic| json!({ "message": panic.message, "location": panic.location, "thread": panic.thread }))
        .collect()
}
