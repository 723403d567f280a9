//! GitHub Classroom's runner result for one submission.
//!
//! **How it is consumed.** A step of the workflow puts the document, in base64, into its output `result`. The step after it,
//! <https://github.com/classroom-resources/autograding-grading-reporter>, gets it in an environment variable that is named
//! after the first step, and decodes it:
//!
//! ```yaml
//!   - id: grade
//!     run: echo "result=$(base64 -w0 classroom.json)" >> "$GITHUB_OUTPUT"
//!   - uses: classroom-resources/autograding-grading-reporter@v1
//!     env:
//!       GRADE_RESULTS: ${{ steps.grade.outputs.result }}
//!     with:
//!       runners: grade
//! ```
//!
//! **Totals.** What Classroom records is the sum of the tests' scores out of `max_score`. That sum is our total: a failed
//! scenario that halves a quest has the loss as a negative score. The table in the reporter's log counts something else,
//! the part of the tests that passed (issue 10 of the reporter). It may differ, and no grade comes from it.
//!
//! **A submission that could not be graded** has the status `error` and a `max_score` of zero. The reporter then fails, and
//! notifies Classroom of no points.
//!
//! Two fields are there only because the format requires them: `line_no` is zero, since the reporter prints any other value, and
//! `duration` is zero, since grading measures no time.

use super::fit;
use super::{feedback, graded_quests, passed, scores};
use crate::model::{Adjustment, GradedSubmission, Grades, QuestGrade, QuestInfo};
use crate::points::Points;
use crate::text::truncate::{MAX_LINE, truncate, truncate_line};
use serde_json::{Value, json};
use xtask::terminal::style::plain;

/// The maximum size of the document. On Linux, an environment variable has at most 128 KiB with its name, and base64 turns three bytes
/// into four. GitHub's own limit for a job's outputs is larger, 1 MB.
const LONGEST: usize = 90_000;

/// The document, before base64. If it is too long, messages are cut, the longest ones first; a cut is marked in its place.
pub fn render(grades: &Grades, submission: &GradedSubmission) -> String {
    fit::within(LONGEST, |most| render_within(grades, submission, most))
}

/// The document with messages of at most `most` bytes.
fn render_within(grades: &Grades, submission: &GradedSubmission, most: usize) -> String {
    let quests = || graded_quests(grades, submission);
    let document = match submission.earned() {
        Some(earned) => json!({
            "version": 1,
            "status": if earned == grades.points() { "pass" } else { "fail" },
            "max_score": grades.points(),
            "tests": quests()
                .flat_map(|(info, quest)| cases(info, quest, submission, most))
                .chain(submission.adjustments.iter().map(adjusted))
                .collect::<Vec<_>>(),
        }),
        None => json!({
            "version": 1,
            "status": "error",
            "max_score": 0,
            "tests": quests()
                .filter(|(_, quest)| quest.earned.is_none())
                .map(|(info, quest)| whole(info, quest, "error", submission, most))
                .collect::<Vec<_>>(),
        }),
    };
    format!("{document:#}\n")
}

/// One case for each test, or a single one for the quest if no test was run.
fn cases(info: &QuestInfo, quest: &QuestGrade, submission: &GradedSubmission, most: usize) -> Vec<Value> {
    if quest.tests.is_empty() {
        return vec![whole(info, quest, "fail", submission, most)];
    }
    let tests = quest.tests.iter().zip(scores(quest));
    tests
        .map(|(test, score)| {
            let status = if passed(test) { "pass" } else { "fail" };
            case(info, &test.name, status, score, &truncate(&feedback(quest, test), most))
        })
        .collect()
}

/// Classroom adds up the scores, so what the teacher decided about the total is a case, too.
fn adjusted(adjustment: &Adjustment) -> Value {
    json!({
        "name": truncate_line(&plain(&adjustment.why), MAX_LINE / 2),
        "status": if adjustment.points < Points::ZERO { "fail" } else { "pass" },
        "score": adjustment.points,
        "message": None::<String>,
        "test_code": "",
        "filename": "",
        "line_no": 0,
        "duration": 0,
    })
}

fn whole(info: &QuestInfo, quest: &QuestGrade, status: &str, submission: &GradedSubmission, most: usize) -> Value {
    let words = quest.state.words();
    let detail = submission.problem.as_ref().unwrap_or(&quest.detail).trim();
    let message = if detail.is_empty() { words.to_owned() } else { format!("{words}: {detail}") };
    case(info, words, status, quest.earned.unwrap_or_default(), &truncate(&message, most))
}

fn case(info: &QuestInfo, name: &str, status: &str, score: Points, message: &str) -> Value {
    let message = plain(message.trim());
    json!({
        "name": format!("{}: {name}", info.package),
        "status": status,
        "score": score,
        "message": if message.is_empty() { None } else { Some(message) },
        "test_code": format!("cargo xtask check {}", info.number),
        "filename": format!("{}/src/learner.rs", info.package),
        "line_no": 0,
        "duration": 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{self, class, submission};
    use serde::Deserialize;

    /// The format that its graders write and its reporter reads:
    /// <https://github.com/classroom-resources/autograding-io-grader/blob/main/src/main.js>,
    /// <https://github.com/classroom-resources/autograding-python-grader/blob/main/runner/data.py>
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct ClassroomResults {
        version: u32,
        status: ClassroomStatus,
        max_score: i64,
        tests: Vec<ClassroomTest>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct ClassroomTest {
        name: String,
        status: ClassroomStatus,
        score: i64,
        message: Option<String>,
        test_code: String,
        filename: String,
        line_no: u32,
        duration: f64,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum ClassroomStatus {
        Pass,
        Fail,
        Error,
    }

    fn results(id: &str) -> ClassroomResults {
        let grades = class();
        serde_json::from_str(&render(&grades, submission(&grades, id))).expect("the form of Classroom's graders")
    }

    /// What the reporter passes on to Classroom: points and possible points, or nothing.
    /// <https://github.com/classroom-resources/autograding-grading-reporter/blob/main/src/notify-classroom.js>
    fn recorded(results: &ClassroomResults) -> Option<(i64, i64)> {
        (results.max_score != 0).then(|| (results.tests.iter().map(|test| test.score).sum(), results.max_score))
    }

    #[test]
    fn classroom_records_our_total() {
        let grades = class();
        for submission in &grades.submissions {
            let Some(earned) = submission.earned().map(|earned| i64::from(earned.floor())) else { continue };
            assert_eq!(recorded(&results(&submission.id)), Some((earned, 30)), "{}", submission.id);
        }
        assert_eq!(recorded(&results(sample::HALVED)), Some((25, 30)));
    }

    #[test]
    fn an_infra_error_records_nothing_and_says_why() {
        let results = results(sample::INFRA);
        assert_eq!((results.status, recorded(&results)), (ClassroomStatus::Error, None));
        let [case] = &results.tests[..] else { panic!("one quest could not be graded: {results:?}") };
        assert_eq!(
            (case.status, case.message.as_deref()),
            (ClassroomStatus::Error, Some("not graded: the disk is full"))
        );
    }

    #[test]
    fn the_status_is_pass_only_with_all_points() {
        assert_eq!(results(sample::FULL).status, ClassroomStatus::Pass);
        assert_eq!(results(sample::HALVED).status, ClassroomStatus::Fail);
    }

    #[test]
    fn a_case_says_how_to_see_it_and_why_it_failed() {
        let results = results(sample::AWKWARD);
        assert_eq!(results.version, 1);
        let case = &results.tests[1];
        assert_eq!((case.name.as_str(), case.status), ("quest-01-blocking: ends_in_order", ClassroomStatus::Fail));
        assert_eq!((case.test_code.as_str(), case.line_no), ("cargo xtask check 1", 0));
        assert_eq!(case.filename, "quest-01-blocking/src/learner.rs");
        assert!(case.duration.abs() < f64::EPSILON);
        let message = case.message.as_deref().unwrap_or_default();
        assert!(message.starts_with("Your code panicked:\n    \"quoted\" & <tagged>\n"), "{message}");
        let refused = self::results(sample::REFUSED).tests.remove(0);
        assert!(refused.message.is_some_and(|message| message.contains("../../etc/passwd")));
    }

    #[test]
    fn a_hidden_scenario_is_not_revealed() {
        let grades = class();
        let text = render(&grades, submission(&grades, sample::HALVED));
        assert!(!text.contains(sample::SECRET) && !text.contains("4711"), "{text}");
    }
}
