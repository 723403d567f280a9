//! The sections about hard quests and tests.

use super::links::wide;
use super::numbers::{self, percent};
use crate::model::Grades;
use crate::report::html::text::PlainText;
use maud::{Markup, html};

/// The number of tests that are shown at first.
const SHOWN: usize = 10;

/// Every quest with its statistics.
pub fn quests(grades: &Grades) -> Markup {
    let table = html! {
        table {
            caption { "Quests that could not be graded are not counted." }
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
                        th scope="row" { (quest.info.number) " " (PlainText(&quest.info.title)) }
                        td.number { (quest.mean.map_or("?".to_owned(), |mean| format!("{mean:.1}"))) }
                        td.number { (quest.info.points) }
                        td.number { (percent(quest.passed, quest.known)) " %" }
                        td.number { (percent(quest.not_started, quest.known)) " %" }
                    }
                }
            }
        }
    };
    wide("Quests", &table)
}

/// The tests that failed most often, and what they expect.
pub fn tests(grades: &Grades) -> Markup {
    let tests = numbers::tests(grades);
    if tests.is_empty() {
        return html! { p { "Nobody failed a test after writing code for it." } };
    }
    let (first, rest) = tests.split_at(tests.len().min(SHOWN));
    html! {
        (wide("Tests that failed most often", &table(first)))
        @if !rest.is_empty() {
            details {
                summary { "Other tests that failed" }
                (wide("Other tests that failed", &table(rest)))
            }
        }
    }
}

fn table(tests: &[numbers::TestNumbers]) -> Markup {
    html! {
        table {
            caption { "“Tried” counts submissions with code for the test." }
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
                        th scope="row" { (PlainText(&test.info.says)) br; code { (PlainText(&test.info.name)) } }
                        td.number { (test.quest.number) }
                        td.number { (test.failed) }
                        td.number { (test.tried) }
                    }
                }
            }
        }
    }
}
