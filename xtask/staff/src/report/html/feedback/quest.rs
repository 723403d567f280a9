//! A quest that is not passed: what is red, and why.

use crate::model::{QuestGrade, QuestInfo, QuestState, TestGrade, TestInfo};
use crate::points::Points;
use crate::report::html::compare::compare;
use crate::report::html::text::{PlainText, block, counted, words};
use crate::report::{self, is_hidden};
use maud::{Markup, html};

/// A section; nothing for a quest that is passed, unless the teacher decided something about it.
pub fn quest(info: &QuestInfo, quest: &QuestGrade) -> Markup {
    if quest.state == QuestState::Passed && quest.adjustment.is_none() {
        return html! {};
    }
    let id = format!("quest-{}", info.number);
    html! {
        section.quest aria-labelledby=(id) {
            h2 id=(id) {
                "Quest " (info.number) ": " (PlainText(&info.title))
                @if let Some(earned) = quest.earned { span.points { (earned) " of " (info.points) " points" } }
            }
            @if let Some(adjustment) = &quest.adjustment { p.alert { (PlainText(adjustment)) } }
            (state(info, quest))
        }
    }
}

fn state(info: &QuestInfo, quest: &QuestGrade) -> Markup {
    let detail = words(&quest.detail);
    match quest.state {
        QuestState::Passed => html! {},
        // The details are for the teacher: the learner cannot fix this.
        QuestState::NotRead => html! {
            p {
                "No score yet: a part of your submission could not be read, and this quest may depend on it. "
                "Ask your teacher how to submit that part again."
            }
        },
        QuestState::InfraError => {
            html! { p { "Not graded. This is not your fault; your teacher will take care of it." } }
        }
        QuestState::NotHandedIn => html! { p { "There was no file for this quest in your submission." } },
        QuestState::NotStarted => {
            html! { p { "Not started yet. The lesson is in " code { (info.package) "/README.md" } "." } }
        }
        QuestState::DoesNotCompile => html! {
            p { "It does not compile, so no test could run. The compiler reports:" }
            (block(&format!("What the compiler says about quest {}", info.number), &quest.detail))
            p { "Fix the first error first: it often causes the others." }
        },
        QuestState::Rejected => html! { p { "Your file was rejected before it was compiled:" } (detail) },
        QuestState::Underway | QuestState::Red => html! {
            (detail)
            (tests(info, quest))
        },
    }
}

fn tests(info: &QuestInfo, quest: &QuestGrade) -> Markup {
    let lost = quest.tests.iter().filter(|test| test.verdict != "passed");
    let (open, red): (Vec<&TestGrade>, Vec<&TestGrade>) = lost.partition(|test| test.verdict == "not-started");
    let passed = quest.tests.len() - open.len() - red.len();
    html! {
        p { (passed) " of " (counted(quest.tests.len(), "test")) " passed." (half_is_lost(info, quest)) }
        @for test in red { (red_test(info, quest, test)) }
        @if !open.is_empty() {
            h3 { "Not written yet" }
            ul { @for test in open { li { (expectation(info, test)) } } }
        }
    }
}

/// Why a quest has fewer points than its tests.
fn half_is_lost(info: &QuestInfo, quest: &QuestGrade) -> Markup {
    let sum: Points = quest.tests.iter().map(|test| test.earned).sum();
    html! {
        @if quest.earned.is_some_and(|earned| earned < sum) {
            " They are worth " (counted_points(sum)) ", but without its last test, the random scenario, a quest earns at most "
            "half of its " (info.points) " points."
        }
    }
}

fn red_test(info: &QuestInfo, quest: &QuestGrade, test: &TestGrade) -> Markup {
    let known = known(info, test);
    html! {
        article.test {
            h3 { (PlainText(known.map_or(&test.name, |(_, info)| &info.says))) }
            p.place {
                @if let Some((step, info)) = known {
                    "Step " (step) ": " (PlainText(&info.step)) ". " (lost_points(info, test)) " "
                }
                "Test " code { (PlainText(&test.name)) }
            }
            @if is_hidden(test) { (words(&report::feedback(quest, test))) } @else { (why(test)) }
        }
    }
}

/// The reason, and expected and seen side by side.
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

fn expectation(info: &QuestInfo, test: &TestGrade) -> Markup {
    html! {
        @match known(info, test) {
            Some((_, info)) => { (PlainText(&info.says)) " " (lost_points(info, test)) },
            None => { code { (PlainText(&test.name)) } },
        }
    }
}

fn lost_points(info: &TestInfo, test: &TestGrade) -> String {
    let lost = info.points - test.earned;
    if let Some(reason) = &info.exempt {
        return format!("It does not count: {reason}");
    }
    if lost > Points::ZERO {
        format!("{} lost.", counted_points(lost))
    } else {
        // This is `scenario`.
        "Without it, a quest earns at most half of its points.".into()
    }
}

fn counted_points(points: Points) -> String {
    format!("{points} point{}", if points == Points::from(1) { "" } else { "s" })
}

/// What the course says about a test, and the number of its step.
fn known<'a>(quest: &'a QuestInfo, test: &TestGrade) -> Option<(usize, &'a TestInfo)> {
    let info = quest.tests.iter().find(|info| info.name == test.name)?;
    let mut steps: Vec<&str> = quest.tests.iter().map(|info| info.step.as_str()).collect();
    steps.dedup();
    Some((steps.iter().position(|step| *step == info.step)? + 1, info))
}
