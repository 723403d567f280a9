//! The teacher's page: what needs attention, how the class does, and every submission.

mod attention;
mod chart;
mod clusters;
mod links;
mod numbers;
mod quests;
mod run_details;
mod submissions;

use super::page::page;
use super::text::PlainText;
use crate::model::{GradedSubmission, Grades};
use crate::similarity::Cluster;
use links::Links;
use maud::html;

/// The report of a class. `notes` come first; `file` is the name of a submission's page in the folder `feedback`, next to this page.
pub fn class_report(
    grades: &Grades,
    clusters: &[Cluster],
    notes: &[String],
    file: &dyn Fn(&GradedSubmission) -> String,
) -> String {
    let links = Links { file };
    let sections = [
        ("look", "Needs attention", attention::attention(grades, notes, &links)),
        ("points", "Points", chart::distribution(grades)),
        ("quests", "Quests, hardest first", quests::quests(grades)),
        ("tests", "Tests that failed most often", quests::tests(grades)),
        ("submissions", "Submissions", submissions::submissions(grades, &links)),
        ("alike", "Similar files", clusters::clusters(grades, clusters, &links)),
        ("facts", "How this was graded", run_details::run_details(grades)),
    ];
    let top = html! {
        p.kind { "Class report" }
        h1 { (PlainText(&grades.title)) }
        (run_details::summary(grades))
        nav aria-label="On this page" {
            ul { @for (id, title, _) in &sections { li { a href={ "#" (id) } { (title) } } } }
        }
    };
    let main = html! {
        @for (id, title, content) in &sections {
            section aria-labelledby=(id) {
                h2 id=(id) { (title) }
                (content)
            }
        }
    };
    page(&format!("{}: class report", grades.title), &top, &main, Some(include_str!("submissions.js")))
}
