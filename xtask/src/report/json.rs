//! The report for tools, one JSON document. `check-report.schema.json` describes it; a test derives that file from these types.

use super::check_report::Report;
use crate::course::{Quest, Step, Test};
use crate::engine::verdict::{Judgement, QuestStatus, TestResult, Verdict, VerdictKind};
use crate::state::Mode;
use crate::terminal::style::plain;
use observe::Panic;
use serde::Serialize;

/// What `cargo xtask check --format json` prints.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct CheckReport<'a> {
    /// The version of this format.
    schema: u32,
    /// What was judged.
    mode: Mode,
    /// Whether everything asked for passes.
    passed: bool,
    quests: Vec<QuestReport<'a>>,
    /// What to do next; null when everything asked for passes.
    next: Option<NextReport<'a>>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct QuestReport<'a> {
    number: u32,
    /// For example `queue`.
    name: &'a str,
    /// For example `quest-03-queue`.
    package: &'a str,
    title: &'a str,
    points: u32,
    earned: u32,
    /// Whether a failing scenario limits `earned` to half of the points, below what the passing tests are worth.
    capped: bool,
    state: QuestStatus,
    /// The compiler's messages, or why the file was rejected; else null.
    detail: Option<String>,
    /// The quest's tests, in order; none if no test ran.
    tests: Vec<TestReport<'a>>,
}

/// A test. Fields that its verdict does not have are absent.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct TestReport<'a> {
    name: &'a str,
    /// The title of the step that the test belongs to.
    step: &'a str,
    /// What the test expects, in a sentence.
    says: &'a str,
    points: u32,
    verdict: VerdictKind,
    /// What the code printed.
    output: &'a str,
    #[serde(flatten)]
    details: VerdictDetails<'a>,
}

#[derive(Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct VerdictDetails<'a> {
    /// What was to be observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'a str>,
    /// What was observed instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    seen: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    panics: Option<Vec<PanicReport<'a>>>,
    /// What each thread waits for in a deadlock, or how the program ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a str>,
    /// The timeline until a panic or a deadlock.
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct PanicReport<'a> {
    message: &'a str,
    /// File, line and column.
    location: &'a str,
    thread: &'a str,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct NextReport<'a> {
    quest: u32,
    /// The first failing test; null if no test ran.
    test: Option<&'a str>,
    /// The file to edit, relative to the course's folder.
    file: String,
    line: u64,
    /// The command that shows a hint.
    hint: String,
}

/// The whole report.
pub fn render(report: &Report) -> String {
    let next = report.next().map(|next| NextReport {
        quest: next.quest.number,
        test: next.red.map(|(_, test, _)| test.name.as_str()),
        file: next.location.file,
        line: next.location.line,
        hint: format!("cargo xtask hint {}", next.quest.number),
    });
    let document = CheckReport {
        schema: 1,
        mode: report.mode,
        passed: report.passed(),
        quests: report.results.iter().map(|(quest, judgement)| of_quest(quest, judgement)).collect(),
        next,
    };
    serde_json::to_string_pretty(&document).expect("the report has only text and numbers")
}

fn of_quest<'a>(quest: &'a Quest, judgement: &'a Judgement) -> QuestReport<'a> {
    let detail = match judgement {
        Judgement::Rejected(rejection) => Some(rejection.to_string()),
        Judgement::DoesNotCompile(errors) => Some(errors.iter().map(|error| plain(&error.rendered)).collect()),
        Judgement::Observed(_) => None,
    };
    let tests = quest.tests().zip(judgement.tests()).map(|((step, test), result)| of_test(step, test, result));
    QuestReport {
        number: quest.number,
        name: &quest.name,
        package: &quest.package,
        title: &quest.meta.title,
        points: quest.meta.points,
        earned: judgement.points(),
        capped: judgement.points_without_cap().is_some(),
        state: judgement.status(),
        detail,
        tests: tests.collect(),
    }
}

fn of_test<'a>(step: &'a Step, test: &'a Test, result: &'a TestResult) -> TestReport<'a> {
    TestReport {
        name: &test.name,
        step: &step.title,
        says: &test.says,
        points: test.points,
        verdict: result.verdict.kind(),
        output: &result.output,
        details: details(&result.verdict),
    }
}

fn details(verdict: &Verdict) -> VerdictDetails<'_> {
    let none = VerdictDetails::default();
    match verdict {
        Verdict::Wrong { expected, seen } => VerdictDetails { expected: Some(expected), seen: Some(seen), ..none },
        Verdict::NotStarted { panics: list } => VerdictDetails { panics: Some(panics(list)), ..none },
        Verdict::Panicked { panics: list, so_far } => {
            VerdictDetails { panics: Some(panics(list)), recorded: Some(so_far), ..none }
        }
        Verdict::Deadlocked { report, so_far } => {
            VerdictDetails { report: Some(report), recorded: Some(so_far), ..none }
        }
        Verdict::Disturbed { how } | Verdict::Ended { how } => VerdictDetails { report: Some(how), ..none },
        _ => none,
    }
}

fn panics(panics: &[Panic]) -> Vec<PanicReport<'_>> {
    panics.iter().map(|Panic { message, location, thread }| PanicReport { message, location, thread }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    /// `BLESS=1 cargo test --package xtask the_schema` rewrites the file.
    #[test]
    fn the_schema_is_that_of_the_types() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("check-report.schema.json");
        let schema = serde_json::to_string_pretty(&schemars::schema_for!(CheckReport<'static>)).unwrap() + "\n";
        if std::env::var_os("BLESS").is_some() {
            fs::write(&file, &schema).unwrap();
        }
        let kept = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
        assert!(kept == schema, "{} is out of date. What to do: BLESS=1 cargo test --package xtask", file.display());
    }
}
