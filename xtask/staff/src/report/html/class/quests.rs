//! Which quests and which tests were hard.

use super::links::wide;
use super::numbers::{self, percent};
use crate::model::Grades;
use crate::report::html::text::PlainText;
use maud::{Markup, html};

/// Tests that are shown at once.
const SHOWN: usize = 10;

/// Every quest with its numbers.
pub fn quests(grades: &Grades) -> Markup {
    let table = html! {
        table {
            caption { "A quest that could not be graded counts in no column." }
            thead {
                tr {
                    th scope="col" { "Quest" }
                    th.number scope="col" { "Mean" }
                    th.number scope="col" { "Points" }
                    th.number scope="col" { "Passed" }
                    th.number scope="col" { "Not started" }
                }
            }
            tbody {
                @for quest in numbers::quests(grades) {
                    tr {
                        th scope="row" { (quest.meta.number) " " (PlainText(&quest.meta.title)) }
                        td.number { (quest.mean.map_or("?".to_owned(), |mean| format!("{mean:.1}"))) }
                        td.number { (quest.meta.points) }
                        td.number { (percent(quest.passed, quest.known)) " %" }
                        td.number { (percent(quest.not_started, quest.known)) " %" }
                    }
                }
            }
        }
    };
    wide("Quests", &table)
}

/// The tests that most failed, and what they expect.
pub fn tests(grades: &Grades) -> Markup {
    let tests = numbers::tests(grades);
    if tests.is_empty() {
        return html! { p { "No test was failed by anyone who had written something for it." } };
    }
    let (first, rest) = tests.split_at(tests.len().min(SHOWN));
    html! {
        (wide("Tests that failed most", &table(first)))
        @if !rest.is_empty() {
            details {
                summary { "All others that somebody failed" }
                (wide("Other tests that failed", &table(rest)))
            }
        }
    }
}

fn table(tests: &[numbers::TestNumbers]) -> Markup {
    html! {
        table {
            caption { "“Tried” are those who had written something for it." }
            thead {
                tr {
                    th scope="col" { "What it expects" }
                    th.number scope="col" { "Quest" }
                    th.number scope="col" { "Failed" }
                    th.number scope="col" { "Tried" }
                }
            }
            tbody {
                @for test in tests {
                    tr {
                        th scope="row" { (PlainText(&test.meta.says)) br; code { (PlainText(&test.meta.name)) } }
                        td.number { (test.quest.number) }
                        td.number { (test.failed) }
                        td.number { (test.tried) }
                    }
                }
            }
        }
    }
}
