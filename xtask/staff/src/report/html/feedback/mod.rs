//! The learner's page: the state of each quest, why points were lost, and what to do next.

mod quest;

use super::page::page;
use super::text::{PlainText, words};
use crate::model::{GradedSubmission, Grades, Intake, QuestGrade, QuestInfo, QuestState};
use crate::points::Points;
use crate::report::{adjusted, graded_quests};
use maud::{Markup, html};

/// The feedback for one submission.
pub fn feedback(grades: &Grades, submission: &GradedSubmission) -> String {
    let name = submission.learner.get("name").unwrap_or(&submission.id);
    let quests: Vec<(&QuestInfo, &QuestGrade)> = graded_quests(grades, submission).collect();
    let top = html! {
        p.kind { (PlainText(&grades.title)) @if name != &submission.id { ", submission " (PlainText(&submission.id)) } }
        h1 { "Feedback for " (PlainText(name)) }
        (total(grades, submission))
    };
    let main = html! {
        @if let Some(problem) = &submission.problem {
            section.alert aria-labelledby="problem" {
                h2 #problem { (heading(submission.intake)) }
                (words(problem))
                p { "You have no score yet. Ask your teacher how to submit your work again." }
            }
        } @else if submission.intake == Intake::Missing {
            p { "You have not handed in anything." }
        } @else {
            @for remark in &submission.remarks { p.alert { (PlainText(remark)) } }
            (decisions(grades, submission))
            (next(&quests))
            (overview(&quests))
            @for (info, quest) in &quests { (quest::quest(info, quest)) }
        }
    };
    page(&format!("Feedback for {name}: {}", grades.title), &top, &main, None)
}

fn heading(intake: Intake) -> &'static str {
    match intake {
        Intake::NotRecognized => "No quest was recognized in your submission",
        Intake::Undecided => "There are several submissions of yours",
        Intake::Accepted | Intake::Missing | Intake::Unreadable => "Your submission could not be read",
    }
}

fn total(grades: &Grades, submission: &GradedSubmission) -> Markup {
    let points = grades.points();
    html! {
        @if let Some(earned) = submission.earned() {
            p.result { strong { (earned) } " of " (points) " points" }
            (bar(earned.min(points), points))
        } @else if submission.intake == Intake::Accepted {
            p.result { "Not completely graded yet. Your teacher will take care of it." }
        } @else {
            p.result { "No score" }
        }
    }
}

/// What the teacher decided, for everyone and about the total.
fn decisions(grades: &Grades, submission: &GradedSubmission) -> Markup {
    html! {
        @if !grades.policy.is_empty() || !submission.adjustments.is_empty() {
            section aria-labelledby="decisions" {
                h2 #decisions { "What your teacher decided" }
                ul {
                    @for sentence in &grades.policy { li { (PlainText(sentence)) } }
                    @for adjustment in &submission.adjustments { li { (PlainText(&adjusted(adjustment))) } }
                }
            }
        }
    }
}

/// A bar that shows the number next to it.
fn bar(earned: Points, points: Points) -> Markup {
    html! {
        svg.bar-of-points viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true" {
            rect.empty width="100" height="2" {}
            rect.bar width=(Points::from(100).scaled(earned, points)) height="2" {}
        }
    }
}

/// The one thing to do next.
fn next(quests: &[(&QuestInfo, &QuestGrade)]) -> Markup {
    let open = |state| !matches!(state, QuestState::Passed | QuestState::NotRead | QuestState::InfraError);
    let first = quests.iter().find(|(_, quest)| open(quest.state));
    let is_all_passed = quests.iter().all(|(_, quest)| quest.state == QuestState::Passed);
    html! {
        section.next aria-labelledby="next" {
            h2 #next { "What to do next" }
            @if let Some((info, _)) = first {
                p {
                    "Continue with quest " (info.number) ", “" (PlainText(&info.title)) "”. "
                    "This shows its first failing test:"
                }
                p.command { code { "cargo xtask check " (info.number) } }
                p { "Stuck? The next hint: " code { "cargo xtask hint " (info.number) } }
            } @else if is_all_passed {
                p { "Nothing: all quests pass. Well done!" }
            } @else {
                p { "Nothing: everything that could be graded passes. Well done!" }
            }
        }
    }
}

fn overview(quests: &[(&QuestInfo, &QuestGrade)]) -> Markup {
    html! {
        section aria-labelledby="overview" {
            h2 #overview { "Your quests" }
            table.overview {
                caption.hidden { "Your quests with their points" }
                thead { tr { th scope="col" { "Quest" } th scope="col" { "State" } th.number scope="col" { "Points" } } }
                tbody {
                    @for (info, quest) in quests {
                        tr {
                            th scope="row" {
                                @if quest.state == QuestState::Passed {
                                    (info.number) " " (PlainText(&info.title))
                                } @else {
                                    a href={ "#quest-" (info.number) } { (info.number) " " (PlainText(&info.title)) }
                                }
                            }
                            td { span.state aria-hidden="true" { (sign(quest.state)) } " " (quest.state.words()) }
                            td.number {
                                @match quest.earned {
                                    Some(earned) => { (earned) " of " (info.points) },
                                    None => { span aria-hidden="true" { "?" } span.hidden { "not graded" } },
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn sign(state: QuestState) -> &'static str {
    match state {
        QuestState::Passed => "✓",
        QuestState::NotHandedIn | QuestState::NotStarted => "○",
        QuestState::Underway => "◐",
        QuestState::Red | QuestState::DoesNotCompile | QuestState::Rejected => "✗",
        QuestState::NotRead | QuestState::InfraError => "?",
    }
}
