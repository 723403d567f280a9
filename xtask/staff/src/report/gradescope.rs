//! `results.json` for one submission, as Gradescope reads it from `/autograder/results`:
//! <https://gradescope-autograders.readthedocs.io/en/latest/specs/>.
//!
//! - `score` is our total, which overrides the sum of the tests. That sum is the same: a failed scenario that halves a quest has the
//!   loss as a negative score.
//! - Everything is visible, since Gradescope hides the total if a test is hidden. So no hidden scenario is shown.
//! - All text is plain, since the output of a learner's code must not be read as HTML.
//!
//! **A submission that could not be graded has no such file.** Every valid one contains a score, at the top or in its
//! tests. For a failure, Gradescope documents that there is no valid file: it then says "The autograder failed to
//! execute correctly", gives no score, and the instructor can run it again
//! (<https://gradescope-autograders.readthedocs.io/en/latest/troubleshooting/>). So write nothing, remove what an
//! earlier run wrote, and print the reason: instructors see what was printed.

use super::fit;
use super::{feedback, graded_quests, notes, passed, scores};
use crate::model::{GradedSubmission, Grades, Intake, QuestGrade, QuestInfo};
use crate::points::Points;
use crate::text::truncate::{MAX_LINE, MAX_TEXT, truncate, truncate_line};
use serde_json::{Value, json};
use xtask::terminal::style::plain;

/// The maximum size of the document. Gradescope documents no limit, but shows all of it on one page, and an autograder that it
/// ends for lack of memory leaves no score.
const LONGEST: usize = 200_000;

/// The whole document; none if the score is not known. If it is too long, the texts of tests are cut, the longest ones first.
pub fn render(grades: &Grades, submission: &GradedSubmission) -> Option<String> {
    submission.earned().map(|earned| {
        fit::within(LONGEST, |most| {
            let mut output = summary(grades, submission, earned);
            if most < MAX_TEXT {
                output.push('\n');
                output.push_str(fit::CUT);
            }
            let document = json!({
                "score": earned,
                "output": lines(&output),
                "output_format": "text",
                "test_output_format": "text",
                "test_name_format": "text",
                "visibility": "visible",
                "stdout_visibility": "hidden",
                "tests": tests_and_adjustments(grades, submission, most),
            });
            format!("{document:#}\n")
        })
    })
}

/// Why there is no document, a line each. On Gradescope, instructors see what the grader prints, but none of its reports.
pub fn why_no_score(submission: &GradedSubmission) -> Vec<String> {
    let id = &submission.id;
    if submission.intake != Intake::Accepted {
        let problem = submission.problem.as_ref().map(|problem| format!(": {problem}")).unwrap_or_default();
        return vec![format!("{id}: {}{problem}", submission.intake.words())];
    }
    let without_score = submission.quests.iter().filter(|quest| quest.earned.is_none());
    without_score
        .map(|quest| format!("{id}, quest {}: {}: {}", quest.number, quest.state.words(), quest.detail.trim()))
        .collect()
}

/// What stands above the tests.
fn summary(grades: &Grades, submission: &GradedSubmission, earned: Points) -> String {
    let mut summary = format!("{earned} of {} points.", grades.points());
    for note in grades.policy.iter().cloned().chain(notes(grades, submission)) {
        summary.push('\n');
        summary.push_str(&note);
    }
    truncate(&summary, MAX_TEXT)
}

fn tests_and_adjustments(grades: &Grades, submission: &GradedSubmission, most: usize) -> Vec<Value> {
    let tests = graded_quests(grades, submission).flat_map(|(info, quest)| tests(info, quest, most));
    let adjustments = submission.adjustments.iter().map(|adjustment| {
        json!({
            "number": "",
            "name": truncate_line(&lines(&adjustment.why), MAX_LINE / 2),
            "score": adjustment.points,
            "max_score": 0,
            "status": if adjustment.points < Points::ZERO { "failed" } else { "passed" },
            "output": "",
        })
    });
    tests.chain(adjustments).collect()
}

/// One case for each test, or a single one for the quest if no test was run.
fn tests(info: &QuestInfo, quest: &QuestGrade, most: usize) -> Vec<Value> {
    if quest.tests.is_empty() {
        return vec![json!({
            "number": info.number.to_string(),
            "name": format!("{}: {}", info.title, quest.state.words()),
            "score": quest.earned,
            "max_score": info.points,
            "status": "failed",
            "output": lines(&truncate(&quest.detail, most)),
        })];
    }
    let tests = info.tests.iter().zip(&quest.tests).zip(scores(quest));
    (1..)
        .zip(tests)
        .map(|(number, ((test, grade), score))| {
            let said = format!("{}\n\n{}", test.says, truncate(&feedback(quest, grade), most));
            json!({
                "number": format!("{}.{number}", info.number),
                "name": format!("{}: {}", info.title, test.name),
                "score": score,
                "max_score": test.points,
                "status": if passed(grade) { "passed" } else { "failed" },
                "output": lines(&said),
            })
        })
        .collect()
}

/// Gradescope expects `\n`, and shows no colours in plain text.
fn lines(text: &str) -> String {
    plain(&text.replace("\r\n", "\n")).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{self, class, submission};
    use serde::Deserialize;

    /// The part of Gradescope's documented format that we use:
    /// <https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format>
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct GradescopeResults {
        score: f64,
        output: String,
        output_format: TextFormat,
        test_output_format: TextFormat,
        test_name_format: TextFormat,
        visibility: Visibility,
        stdout_visibility: Visibility,
        tests: Vec<GradescopeTest>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct GradescopeTest {
        score: f64,
        max_score: f64,
        status: GradescopeStatus,
        name: String,
        number: String,
        output: String,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum TextFormat {
        Text,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Visibility {
        Hidden,
        Visible,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum GradescopeStatus {
        Passed,
        Failed,
    }

    fn results(id: &str) -> GradescopeResults {
        let grades = class();
        let text = render(&grades, submission(&grades, id)).expect("its score is known");
        serde_json::from_str(&text).expect("the documented form")
    }

    fn close(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-9
    }

    #[test]
    fn the_total_is_ours_and_the_sum_of_the_tests() {
        let grades = class();
        for submission in &grades.submissions {
            let Some(earned) = submission.earned() else { continue };
            let results = results(&submission.id);
            assert!(close(results.score, earned.as_f64()), "{}", submission.id);
            assert!(close(results.score, results.tests.iter().map(|test| test.score).sum()), "{}", submission.id);
            assert!(close(30.0, results.tests.iter().map(|test| test.max_score).sum()), "{}", submission.id);
        }
        assert!(close(results(sample::HALVED).score, 25.0));
    }

    #[test]
    fn without_a_score_there_are_no_results() {
        let grades = class();
        for id in [sample::INFRA, sample::REFUSED, sample::NOTHING] {
            assert_eq!(render(&grades, submission(&grades, id)), None, "{id}");
        }
    }

    #[test]
    fn what_has_no_results_has_a_reason() {
        let grades = class();
        for submission in &grades.submissions {
            let reasons = why_no_score(submission);
            assert_eq!(reasons.is_empty(), render(&grades, submission).is_some(), "{reasons:?}");
            assert!(reasons.iter().all(|reason| reason.contains(&submission.id)), "{reasons:?}");
        }
        let why = |id| why_no_score(submission(&grades, id)).join("\n");
        assert_eq!(why(sample::INFRA), "finn, quest 2: not graded: the disk is full");
        let refused = submission(&grades, sample::REFUSED);
        assert!(
            why(sample::REFUSED).contains(refused.problem.as_ref().expect("it says why")),
            "{}",
            why(sample::REFUSED)
        );
    }

    #[test]
    fn text_is_plain_and_visible() {
        let results = results(sample::AWKWARD);
        assert_eq!([results.output_format, results.test_output_format], [TextFormat::Text, TextFormat::Text]);
        assert_eq!(results.test_name_format, TextFormat::Text);
        assert_eq!((results.visibility, results.stdout_visibility), (Visibility::Visible, Visibility::Hidden));
        assert!(results.tests.iter().all(|test| !test.output.contains(['\r', '\u{1b}'])));
        assert!(results.tests[1].output.contains("\"quoted\" & <tagged>"));
    }

    #[test]
    fn a_case_says_what_it_expects_and_why_it_failed() {
        let results = results(sample::AWKWARD);
        let first = &results.tests[0];
        assert_eq!((first.number.as_str(), first.name.as_str()), ("1.1", "The blocking: starts_at_once"));
        assert_eq!(first.status, GradescopeStatus::Failed);
        assert!(first.output.starts_with("It starts \"at once\".\n\nThe timeline differs"), "{}", first.output);
        let second = &results.tests[3];
        assert_eq!((second.number.as_str(), second.name.as_str()), ("2", "The timer: does not compile"));
        assert!(second.output.contains("E0308"));
        assert_eq!(results.output, "0 of 30 points.\nquest-02-timer: does not compile\nquest-03-queue: rejected");
    }

    #[test]
    fn a_passed_test_is_passed_also_without_points() {
        assert!(results(sample::FULL).tests.iter().all(|test| test.status == GradescopeStatus::Passed));
    }

    #[test]
    fn a_hidden_scenario_is_not_revealed() {
        let grades = class();
        let text = render(&grades, submission(&grades, sample::HALVED)).expect("its score is known");
        assert!(!text.contains(sample::SECRET) && !text.contains("4711"), "{text}");
    }
}
