//! What a teacher should know before relying on the points.

use super::links::Links;
use crate::model::{GradedSubmission, Grades, QuestGrade, QuestState};
use crate::report::html::text::{PlainText, counted, shortened};
use maud::{Markup, html};

/// Notes, missing confinement, submissions that could not be graded, and files that were rejected.
pub fn attention(grades: &Grades, notes: &[String], links: &Links) -> Markup {
    let unread: Vec<_> =
        grades.submissions.iter().filter_map(|submission| Some((submission, submission.problem.as_ref()?))).collect();
    let missing = &grades.confinement.missing;
    let lists = [QuestState::InfraError, QuestState::Rejected].map(|state| (state, quests_in(state, grades)));
    let is_calm =
        notes.is_empty() && missing.is_empty() && unread.is_empty() && lists.iter().all(|(_, list)| list.is_empty());
    html! {
        @if is_calm { p.calm { "Nothing needs your attention: every submission was read and graded." } }
        @for note in notes { p.alert { (PlainText(note)) } }
        @if !missing.is_empty() {
            div.alert {
                h3 { "Submitted code was not fully confined. Missing guarantees:" }
                ul { @for sentence in missing { li { (PlainText(sentence)) } } }
            }
        }
        @if !unread.is_empty() {
            h3 { "Submissions that could not be read: " (counted(unread.len(), "submission")) }
            ul { @for (submission, problem) in &unread { li { (links.to(submission)) ": " (first_line(problem)) } } }
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
