//! The section about the run: toolchain, seed and confinement.

use crate::model::Grades;
use crate::report::html::text::{PlainText, counted};
use maud::{Markup, html};

/// A line under the heading.
pub fn summary(grades: &Grades) -> Markup {
    html! {
        p.summary {
            (counted(grades.submissions.len(), "submission")) ", "
            (counted(grades.quests.len(), "quest")) ", " (grades.points()) " points in all."
            @if grades.shard.count > 1 {
                " This is shard " (grades.shard.index) " of " (grades.shard.count) " of the class."
            }
        }
    }
}

/// What is needed to repeat the run, and to rely on it.
pub fn run_details(grades: &Grades) -> Markup {
    html! {
        dl {
            dt { "Seed of the hidden scenarios" } dd { (grades.seed) }
            dt { "Decisions of the teacher" }
            dd { (sentences(&grades.policy, "None for everyone.")) }
            dt { "Compiler" } dd { (PlainText(&grades.toolchain)) }
            dt { "Fingerprint of the course" } dd { code { (PlainText(&grades.course)) } }
            dt { "Fingerprint of the class" } dd { code { (PlainText(&grades.class)) } }
            dt { "Shard" } dd { (grades.shard.index) " of " (grades.shard.count) }
            dt { "Confinement of submitted code" }
            dd { (sentences(&grades.confinement.granted, "None.")) }
            dt { "Missing confinement" }
            dd { (sentences(&grades.confinement.missing, "None.")) }
        }
    }
}

fn sentences(sentences: &[String], otherwise: &str) -> Markup {
    html! {
        @if sentences.is_empty() { (otherwise) } @else {
            ul { @for sentence in sentences { li { (PlainText(sentence)) } } }
        }
    }
}
