//! What a teacher should know before relying on the points.

use super::links::Links;
use crate::model::{GradedSubmission, Grades, Intake, QuestGrade, QuestState};
use crate::report::html::text::{PlainText, counted, shortened};
use maud::{Markup, html};

/// Notes, missing confinement, submissions that could not be graded, and files that were rejected.
pub fn attention(grades: &Grades, notes: &[String], links: &Links) -> Markup {
    let unread = [Intake::NotRecognized, Intake::Undecided, Intake::Unreadable].map(|intake| {
        let problems = grades.submissions.iter().filter(|submission| submission.intake == intake);
        (intake, problems.collect::<Vec<&GradedSubmission>>())
    });
    let partly: Vec<(&GradedSubmission, &QuestGrade)> = grades
        .submissions
        .iter()
        .filter(|submission| submission.intake == Intake::Accepted)
        .filter_map(|submission| Some((submission, submission.unread().next()?)))
        .collect();
    let remarks: Vec<(&GradedSubmission, &String)> = grades
        .submissions
        .iter()
        .flat_map(|submission| submission.remarks.iter().map(move |remark| (submission, remark)))
        .collect();
    let missing = &grades.confinement.missing;
    let lists = [QuestState::InfraError, QuestState::Rejected].map(|state| (state, quests_in(state, grades)));
    let is_calm = notes.is_empty()
        && missing.is_empty()
        && remarks.is_empty()
        && unread.iter().all(|(_, list)| list.is_empty())
        && partly.is_empty()
        && lists.iter().all(|(_, list)| list.is_empty());
    html! {
        @if is_calm { p.calm { "Nothing needs your attention: every submission was read and graded." } }
        @for (intake, list) in unread.iter().filter(|(_, list)| !list.is_empty()) {
            h3 { "No score, because " (reason(*intake)) ": " (counted(list.len(), "submission")) }
            ul {
                @for submission in list {
                    li { (links.to(submission)) ": " (first_line(submission.problem.as_deref().unwrap_or_default())) }
                }
            }
        }
        @if !partly.is_empty() {
            h3 {
                "No score, because a part of what was handed in could not be read: "
                (counted(partly.len(), "submission"))
            }
            ul {
                @for (submission, quest) in &partly { li { (links.to(submission)) ": " (first_line(&quest.detail)) } }
            }
        }
        @for note in notes { p.alert { (PlainText(note)) } }
        @if !missing.is_empty() {
            div.alert {
                h3 { "Submitted code was not fully confined. Missing guarantees:" }
                ul { @for sentence in missing { li { (PlainText(sentence)) } } }
            }
        }
        @if !remarks.is_empty() {
            h3 { "What was handed in differently: " (counted(remarks.len(), "remark")) }
            ul { @for (submission, remark) in &remarks { li { (links.to(submission)) ": " (first_line(remark)) } } }
        }
        @for (state, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
            h3 { (heading(*state)) ": " (counted(list.len(), "file")) }
            ul {
                @for (submission, quest) in list {
                    li { (links.to(submission)) ", quest " (quest.number) ": " (first_line(&quest.detail)) }
                }
            }
        }
    }
}

fn reason(intake: Intake) -> &'static str {
    match intake {
        Intake::NotRecognized => "no quest was recognized in what was handed in",
        Intake::Undecided => "somebody must decide which of several submissions counts",
        Intake::Accepted | Intake::Missing | Intake::Unreadable => "what was handed in could not be read",
    }
}

fn heading(state: QuestState) -> &'static str {
    match state {
        QuestState::InfraError => "Not graded because the grader or the machine failed; grade them again",
        _ => "Rejected before compilation",
    }
}

fn quests_in(state: QuestState, grades: &Grades) -> Vec<(&GradedSubmission, &QuestGrade)> {
    let all =
        grades.submissions.iter().flat_map(|submission| submission.quests.iter().map(move |quest| (submission, quest)));
    all.filter(|(_, quest)| quest.state == state).collect()
}

fn first_line(text: &str) -> Markup {
    let line = text.trim().lines().next().unwrap_or("unknown reason");
    html! { (PlainText(&shortened(line))) }
}
