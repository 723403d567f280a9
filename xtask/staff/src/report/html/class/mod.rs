//! The page for a teacher: what needs a look first, how the class does, and every submission.

mod attention;
mod chart;
mod facts;
mod groups;
mod numbers;
mod quests;
mod submissions;

use super::page::page;
use super::text::Text;
use crate::model::{Graded, Grades};
use crate::similar::Group;
use maud::{Markup, PreEscaped, Render, html};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

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

/// Where the pages of the learners are.
struct Links<'a> {
    file: &'a dyn Fn(&Graded) -> String,
}

/// What may stand in a part of a path, but for letters and digits.
const IN_A_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

impl Links<'_> {
    fn to(&self, submission: &Graded) -> Markup {
        let file = (self.file)(submission);
        let address = utf8_percent_encode(&file, IN_A_PATH);
        html! { a href={ "feedback/" (address.to_string()) } { (Text(&submission.id)) } }
    }

    /// A link if there is such a submission: groups of files may know more of them than this part of the class.
    fn to_id(&self, grades: &Grades, id: &str) -> Markup {
        match grades.submissions.iter().find(|submission| submission.id == id) {
            Some(submission) => self.to(submission),
            None => Text(id).render(),
        }
    }
}

/// A table that can be wider than the window: then it scrolls, by keyboard, too.
fn wide(label: &str, table: &Markup) -> Markup {
    html! { div.wide role="group" aria-label=(label) tabindex="0" { (PreEscaped(&table.0)) } }
}
