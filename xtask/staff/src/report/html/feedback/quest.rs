//! A quest that is not passed: what is red, and why.

use crate::model::{QuestGrade, QuestInfo, QuestState, TestGrade, TestInfo};
use crate::report::html::compare::compare;
use crate::report::html::text::{PlainText, block, counted, words};
use crate::report::{self, is_hidden};
use maud::{Markup, html};

/// A section; nothing for a quest that is passed.
pub fn quest(meta: &QuestInfo, quest: &QuestGrade) -> Markup {
    if quest.state == QuestState::Passed {
        return html! {};
    }
    let id = format!("quest-{}", meta.number);
    html! {
        section.quest aria-labelledby=(id) {
            h2 id=(id) {
                "Quest " (meta.number) ": " (PlainText(&meta.title))
                @if let Some(earned) = quest.earned { span.points { (earned) " of " (meta.points) " points" } }
            }
            (state(meta, quest))
        }
    }
}

fn state(meta: &QuestInfo, quest: &QuestGrade) -> Markup {
    let detail = words(&quest.detail);
    match quest.state {
        QuestState::Passed => html! {},
        // The details are for the teacher: nothing here is the learner's to mend.
        QuestState::InfraError => html! { p { "Not graded; your teacher will see to it. It is no fault of yours." } },
        QuestState::NotHandedIn => html! { p { "There was no file for this quest in your submission." } },
        QuestState::NotStarted => {
            html! { p { "You have not started it. Its lesson is " code { (meta.package) "/README.md" } "." } }
        }
        QuestState::DoesNotCompile => html! {
            p { "It does not compile, so no test could run. The compiler says:" }
            (block(&format!("What the compiler says about quest {}", meta.number), &quest.detail))
            p { "Mend the first error first: others often follow from it." }
        },
        QuestState::Rejected => html! { p { "Your file was rejected before it was compiled:" } (detail) },
        QuestState::Underway | QuestState::Red => html! {
            (detail)
            (tests(meta, quest))
        },
    }
}

fn tests(meta: &QuestInfo, quest: &QuestGrade) -> Markup {
    let lost = quest.tests.iter().filter(|test| test.verdict != "passed");
    let (open, red): (Vec<&TestGrade>, Vec<&TestGrade>) = lost.partition(|test| test.verdict == "not-started");
    let passed = quest.tests.len() - open.len() - red.len();
    html! {
        p { (passed) " of " (counted(quest.tests.len(), "test")) " passed." (half_is_lost(meta, quest)) }
        @for test in red { (red_test(meta, quest, test)) }
        @if !open.is_empty() {
            h3 { "Not written yet" }
            ul { @for test in open { li { (expectation(meta, test)) } } }
        }
    }
}

/// Why a quest has fewer points than its tests.
fn half_is_lost(meta: &QuestInfo, quest: &QuestGrade) -> Markup {
    let sum: u32 = quest.tests.iter().map(|test| test.earned).sum();
    html! {
        @if quest.earned.is_some_and(|earned| earned < sum) {
            " They are worth " (counted_points(sum)) ", but without its last test, the random scenario, a quest earns half of its "
            (meta.points) " points at most."
        }
    }
}

fn red_test(meta: &QuestInfo, quest: &QuestGrade, test: &TestGrade) -> Markup {
    let known = known(meta, test);
    html! {
        article.test {
            h3 { (PlainText(known.map_or(&test.name, |(_, meta)| &meta.says))) }
            p.place {
                @if let Some((step, meta)) = known {
                    "Step " (step) ": " (PlainText(&meta.step)) ". " (lost_points(meta, test)) " "
                }
                "Test " code { (PlainText(&test.name)) }
            }
            @if is_hidden(test) { (words(&report::feedback(quest, test))) } @else { (why(test)) }
        }
    }
}

/// The reason in words, and what was seen beside what should have been.
fn why(test: &TestGrade) -> Markup {
    html! {
        (words(&test.why))
        @match (&test.expected, &test.seen) {
            (Some(expected), Some(seen)) => { (compare(expected, seen)) }
            (Some(expected), None) => { p { "Expected:" } (block("Expected", expected)) }
            (None, Some(seen)) => { p { "Seen:" } (block("Seen", seen)) }
            (None, None) => {}
        }
        @if !test.output.trim().is_empty() {
            details { summary { "What your code printed" } (block("What your code printed", &test.output)) }
        }
    }
}

fn expectation(meta: &QuestInfo, test: &TestGrade) -> Markup {
    html! {
        @match known(meta, test) {
            Some((_, meta)) => { (PlainText(&meta.says)) " " (lost_points(meta, test)) },
            None => { code { (PlainText(&test.name)) } },
        }
    }
}

fn lost_points(meta: &TestInfo, test: &TestGrade) -> String {
    match meta.points.saturating_sub(test.earned) {
        // This is `scenario`.
        0 => "Without it, a quest earns half of its points at most.".into(),
        lost => format!("{} lost.", counted_points(lost)),
    }
}

fn counted_points(points: u32) -> String {
    format!("{points} point{}", if points == 1 { "" } else { "s" })
}

/// What the course says about a test, and the number of its step.
fn known<'a>(quest: &'a QuestInfo, test: &TestGrade) -> Option<(usize, &'a TestInfo)> {
    let meta = quest.tests.iter().find(|meta| meta.name == test.name)?;
    let mut steps: Vec<&str> = quest.tests.iter().map(|meta| meta.step.as_str()).collect();
    steps.dedup();
    Some((steps.iter().position(|step| *step == meta.step)? + 1, meta))
}
