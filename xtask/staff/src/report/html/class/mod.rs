//! The page for a teacher: what needs a look first, how the class does, and every submission.

mod attention;
mod chart;
mod facts;
mod groups;
mod links;
mod numbers;
mod quests;
mod submissions;

use super::page::page;
use super::text::Text;
use crate::model::{Graded, Grades};
use crate::similar::Group;
use links::Links;
use maud::html;

/// The report of a class. `notes` are further sentences that its teacher should read first; `file` names a submission's
/// page in the folder `feedback`, next to this page.
pub fn class_report(grades: &Grades, groups: &[Group], notes: &[String], file: &dyn Fn(&Graded) -> String) -> String {
    let links = Links { file };
    let sections = [
        ("look", "First of all", attention::attention(grades, notes, &links)),
        ("points", "Points", chart::distribution(grades)),
        ("quests", "Quests, the hardest first", quests::quests(grades)),
        ("tests", "Tests that failed most", quests::tests(grades)),
        ("submissions", "Submissions", submissions::submissions(grades, &links)),
        ("alike", "Files that are alike", groups::groups(grades, groups, &links)),
        ("facts", "How this was graded", facts::facts(grades)),
    ];
    let top = html! {
        p.kind { "Class report" }
        h1 { (Text(&grades.title)) }
        (facts::summary(grades))
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
