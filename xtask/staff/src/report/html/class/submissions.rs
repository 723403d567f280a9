//! All submissions with their points. With the page's script, the table can be sorted and filtered.

use super::links::{Links, wide};
use crate::model::{GradedSubmission, Grades, QuestGrade, QuestInfo, QuestState};
use crate::points::Points;
use crate::report::html::text::PlainText;
use maud::{Markup, html};

/// A row for each submission, sorted by id.
pub fn submissions(grades: &Grades, links: &Links) -> Markup {
    let has_names = grades.submissions.iter().any(|submission| submission.learner.contains_key("name"));
    let table = html! {
        table #all-submissions {
            caption { "○ not started, – not handed in, × does not compile, ! rejected, ? no score." }
            thead {
                tr {
                    th scope="col" { "Submission" }
                    @if has_names { th scope="col" { "Name" } }
                    th.number scope="col" { "Total" }
                    @for quest in &grades.quests { (heading(quest)) }
                }
            }
            tbody { @for submission in &grades.submissions { (row(grades, submission, has_names, links)) } }
        }
    };
    html! {
        // Hidden without the script.
        p.filter hidden {
            label for="filter" { "Filter" }
            input #filter type="search" autocomplete="off" spellcheck="false" aria-describedby="filter-help";
            span #filter-help { "a name, or words such as “rejected”, “not compile”" }
        }
        p.hidden #table-status role="status" {}
        (wide("Submissions", &table))
    }
}

fn heading(quest: &QuestInfo) -> Markup {
    html! {
        th.number scope="col" title=(PlainText(&quest.title)) { span.hidden { "Quest " } (quest.number) }
    }
}

fn row(grades: &Grades, submission: &GradedSubmission, has_names: bool, links: &Links) -> Markup {
    let total = submission.earned();
    html! {
        tr {
            th scope="row" { (links.to(submission)) @if submission.intake.needs_attention() { span.hidden { " " (submission.intake.words()) } } }
            @if has_names { td { (PlainText(submission.learner.get("name").map_or("", String::as_str))) } }
            td.number.total data-key=(key(total)) {
                @match total {
                    Some(total) => { (total) }
                    None => { span aria-hidden="true" { "?" } span.hidden { "unknown" } }
                }
            }
            @for info in &grades.quests {
                @match submission.quests.iter().find(|quest| quest.number == info.number) {
                    Some(quest) => { (cell(info, quest)) }
                    None => { td.number data-key=(key(None)) {} }
                }
            }
        }
    }
}

fn cell(info: &QuestInfo, quest: &QuestGrade) -> Markup {
    let shade = match quest.earned {
        Some(earned) if earned == info.points => "all",
        Some(earned) if earned > Points::ZERO => "some",
        Some(_) if !matches!(quest.state, QuestState::NotHandedIn | QuestState::NotStarted) => "none",
        _ => "unknown",
    };
    html! {
        td class={ "number " (shade) } title=(quest.state.words()) data-key=(key(quest.earned)) {
            @match sign(quest.state) {
                Some(sign) => { span aria-hidden="true" { (sign) } span.hidden { (quest.state.words()) } }
                None => { @if let Some(earned) = quest.earned { (earned) } }
            }
        }
    }
}

/// For states without points.
fn sign(state: QuestState) -> Option<&'static str> {
    match state {
        QuestState::NotStarted => Some("○"),
        QuestState::NotHandedIn => Some("–"),
        QuestState::DoesNotCompile => Some("×"),
        QuestState::Rejected => Some("!"),
        QuestState::NotRead | QuestState::InfraError => Some("?"),
        QuestState::Underway | QuestState::Red | QuestState::Passed => None,
    }
}

/// The sort key of a column; unknown points come first.
fn key(earned: Option<Points>) -> String {
    earned.map_or_else(|| "-1".to_owned(), |earned| earned.to_string())
}
