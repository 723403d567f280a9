//! Renders the results in the formats that people, gradebooks and other programs read.
//!
//! - for the class: [`csv`], [`json`], [`junit`]
//! - for one submission: [`gradescope`], [`classroom`]
//! - for a gradebook: [`canvas`], [`moodle`]
//! - for people: [`html`]
//!
//! Each is a pure function from [`Grades`] to text: the same grades give the same bytes.
//! A submission without a score gets none in any of them, in particular not a zero.

pub mod canvas;
pub mod classroom;
pub mod csv;
mod fit;
pub mod gradescope;
pub mod html;
pub mod json;
pub mod junit;
#[cfg(test)]
mod limits;
pub mod moodle;
#[cfg(test)]
pub mod sample;

use crate::model::{Adjustment, GradedSubmission, Grades, Intake, QuestGrade, QuestInfo, QuestState, TestGrade};
use crate::points::Points;
use crate::text::truncate::{MAX_LINE, truncate_line};
use xtask::course::SCENARIO;

/// A text for a gradebook, and whose grades are not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    pub text: String,
    pub skipped: Vec<Skipped>,
}

/// A submission whose grade is not in a gradebook's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub id: String,
    /// The end of a sentence that begins with the id.
    pub why: String,
}

/// What the roster says about a submission's learner in one column; none if it says nothing.
pub fn roster<'a>(submission: &'a GradedSubmission, column: &str) -> Option<&'a str> {
    submission.learner.get(column).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
}

/// Why a test's points were lost, for instructors. Empty if it passed.
pub fn reason(quest: &QuestGrade, test: &TestGrade) -> String {
    if passed(test) {
        return String::new();
    }
    let mut reason = if test.why.trim().is_empty() {
        format!("The test did not pass: {}.", test.verdict.replace('-', " "))
    } else {
        test.why.trim_end().to_owned()
    };
    if let (Some(expected), Some(seen)) = (&test.expected, &test.seen)
        && !shows(&test.why, expected)
    {
        reason = format!("{reason}\n\nExpected:\n{}\n\nSeen:\n{}", or_nothing(expected), or_nothing(seen));
    }
    if let Some(lost) = lost_by_scenario(quest, test) {
        reason = format!("{reason}\n\n{lost}");
    }
    reason
}

/// The same for the learner. It reveals nothing about a hidden scenario: a learner who may submit again could
/// otherwise write its answers down.
pub fn feedback(quest: &QuestGrade, test: &TestGrade) -> String {
    if !is_hidden(test) {
        return reason(quest, test);
    }
    let verdict = test.verdict.replace('-', " ");
    let lost = lost_by_scenario(quest, test).unwrap_or_default();
    let message = format!(
        "The scenario uses other random values for grading, so its content is not shown. Your program's result: {verdict}.\n\
         `cargo xtask check {}` runs a scenario of the same kind.\n\n{lost}",
        quest.number
    );
    message.trim_end().to_owned()
}

/// Whether what a test saw is kept from its learner.
pub fn is_hidden(test: &TestGrade) -> bool {
    test.name == SCENARIO && !passed(test)
}

/// The points of each test of a quest whose score is known, so that their sum is that score: a scenario that cost points
/// holds the loss.
pub fn scores(quest: &QuestGrade) -> Vec<Points> {
    let mut scores: Vec<Points> = quest.tests.iter().map(|test| test.earned).collect();
    let lost = quest.earned.unwrap_or_default() - scores.iter().copied().sum();
    let scenario = quest.tests.iter().position(|test| test.name == SCENARIO);
    if let Some(score) = scenario.or(scores.len().checked_sub(1)).and_then(|index| scores.get_mut(index)) {
        *score += lost;
    }
    scores
}

/// What a total does not say: a sentence for all that was not judged by its tests, and for what a scenario cost.
pub fn notes(grades: &Grades, submission: &GradedSubmission) -> Vec<String> {
    let mut notes: Vec<String> = match submission.intake {
        Intake::Accepted => graded_quests(grades, submission).filter_map(|(info, quest)| note(info, quest)).collect(),
        Intake::Missing => vec![submission.intake.words().to_owned()],
        Intake::NotRecognized | Intake::Unreadable | Intake::Undecided => {
            vec![in_one_line(submission.problem.as_deref().unwrap_or(submission.intake.words()))]
        }
    };
    notes.extend(submission.remarks.iter().map(|remark| in_one_line(remark)));
    notes.extend(
        graded_quests(grades, submission).filter_map(|(info, quest)| {
            Some(in_one_line(&format!("{}: {}", info.package, quest.adjustment.as_ref()?)))
        }),
    );
    notes.extend(submission.adjustments.iter().map(|adjustment| in_one_line(&adjusted(adjustment))));
    notes
}

/// A change of the total, as a phrase: `Extra points: +2`.
pub fn adjusted(adjustment: &Adjustment) -> String {
    match adjustment.points {
        Points::ZERO => adjustment.why.clone(),
        points if points > Points::ZERO => format!("{}: +{points}", adjustment.why),
        points => format!("{}: {points}", adjustment.why),
    }
}

/// The quests of the course, each with the grade of the submission.
pub fn graded_quests<'a>(
    grades: &'a Grades,
    submission: &'a GradedSubmission,
) -> impl Iterator<Item = (&'a QuestInfo, &'a QuestGrade)> + use<'a> {
    grades.quests.iter().zip(&submission.quests)
}

pub fn passed(test: &TestGrade) -> bool {
    test.verdict == "passed"
}

/// `7.00`
pub fn two_decimals(points: Points) -> String {
    points.two_decimals()
}

/// Why a submission without a score is left out.
fn not_graded(grades: &Grades, submission: &GradedSubmission) -> Skipped {
    let why = match submission.intake {
        Intake::Accepted => {
            let quests: Vec<&str> = graded_quests(grades, submission)
                .filter(|(_, quest)| quest.earned.is_none())
                .map(|(info, _)| info.package.as_str())
                .collect();
            format!("{} could not be graded", quests.join(", "))
        }
        Intake::Missing => "nothing was handed in".to_owned(),
        Intake::NotRecognized | Intake::Unreadable | Intake::Undecided => {
            in_one_line(submission.problem.as_deref().unwrap_or(submission.intake.words()))
        }
    };
    Skipped { id: submission.id.clone(), why: format!("has no score: {why}") }
}

fn note(info: &QuestInfo, quest: &QuestGrade) -> Option<String> {
    let package = &info.package;
    match quest.state {
        QuestState::NotHandedIn | QuestState::NotRead | QuestState::DoesNotCompile | QuestState::Rejected => {
            Some(format!("{package}: {}", quest.state.words()))
        }
        QuestState::InfraError => {
            let why = quest.detail.lines().find(|line| !line.trim().is_empty());
            Some(why.map_or_else(
                || format!("{package}: not graded"),
                |why| format!("{package}: not graded ({})", in_one_line(why)),
            ))
        }
        QuestState::NotStarted | QuestState::Underway | QuestState::Red | QuestState::Passed => {
            let lost = quest.tests.iter().find_map(|test| lost_by_scenario(quest, test));
            lost.map(|_| format!("{package}: limited to half its points, since the scenario failed"))
        }
    }
}

/// A reason next to a total.
fn in_one_line(text: &str) -> String {
    truncate_line(&text.trim().replace('\n', " "), MAX_LINE)
}

/// What a failed scenario cost, in a sentence; none if it cost nothing.
fn lost_by_scenario(quest: &QuestGrade, test: &TestGrade) -> Option<String> {
    let sum: Points = quest.tests.iter().map(|test| test.earned).sum();
    let earned = quest.earned?;
    (test.name == SCENARIO && !passed(test) && earned < sum)
        .then(|| format!("The scenario failed, so the quest is limited to half its points: {earned} instead of {sum}."))
}

/// Whether every line of what was expected can be read in `why` already.
fn shows(why: &str, expected: &str) -> bool {
    !expected.trim().is_empty() && expected.lines().all(|line| why.contains(line.trim()))
}

fn or_nothing(observation: &str) -> &str {
    if observation.trim().is_empty() { "(nothing)" } else { observation.trim_end() }
}

#[cfg(test)]
mod tests {
    use super::sample::{self, class, submission};
    use super::*;

    #[test]
    fn the_scores_of_a_quests_tests_add_up_to_its_score() {
        for submission in &class().submissions {
            for quest in submission.quests.iter().filter(|quest| !quest.tests.is_empty() && quest.earned.is_some()) {
                assert_eq!(
                    scores(quest).into_iter().sum::<Points>(),
                    quest.earned.unwrap_or_default(),
                    "{}",
                    submission.id
                );
            }
        }
        assert_eq!(
            scores(&submission(&class(), sample::HALVED).quests[0]),
            [400, 600, -500].map(Points::of_hundredths)
        );
    }

    #[test]
    fn a_reason_says_what_check_says_and_what_was_expected_once() {
        let grades = class();
        let quest = &submission(&grades, sample::AWKWARD).quests[0];
        let said = reason(quest, &quest.tests[0]);
        assert!(said.starts_with("The timeline differs from the expected one.\n\nExpected:\n     0 ms"), "{said}");
        assert!(said.ends_with("Task 1  finished\n\nSeen:\n(nothing)"), "{said}");
        let mut shown = quest.tests[0].clone();
        shown.why =
            "Nothing was recorded. Expected:\n    0 ms  Task 1  started\n     3000 ms  Task 1  finished\n".into();
        assert_eq!(reason(quest, &shown), shown.why.trim_end());
        shown.why.clear();
        assert!(reason(quest, &shown).starts_with("The test did not pass: wrong."));
        let nothing = TestGrade { expected: Some(String::new()), seen: Some("1\n".into()), ..quest.tests[0].clone() };
        assert!(reason(quest, &nothing).ends_with("Expected:\n(nothing)\n\nSeen:\n1"));
    }

    #[test]
    fn a_learner_is_told_what_the_scenario_cost_but_not_what_it_holds() {
        let grades = class();
        let quest = &submission(&grades, sample::HALVED).quests[0];
        let scenario = quest.tests.last().expect("a quest has tests");
        assert!(reason(quest, scenario).contains(sample::SECRET));
        let text = feedback(quest, scenario);
        assert!(!text.contains(sample::SECRET), "{text}");
        assert!(text.contains("limited to half its points: 5 instead of 10"), "{text}");
    }

    #[test]
    fn notes_say_what_the_total_does_not() {
        let grades = class();
        let notes = |id| notes(&grades, submission(&grades, id));
        assert_eq!(notes(sample::FULL), [""; 0]);
        assert_eq!(notes(sample::HALVED), ["quest-01-blocking: limited to half its points, since the scenario failed"]);
        assert_eq!(notes(sample::AWKWARD), ["quest-02-timer: does not compile", "quest-03-queue: rejected"]);
        assert_eq!(notes(sample::INFRA), ["quest-02-timer: not graded (the disk is full)"]);
        assert_eq!(notes(sample::REFUSED), ["the archive contains `../../etc/passwd`, which lies outside of it"]);
        assert_eq!(notes(sample::NOTHING), ["nothing handed in"]);
    }
}
