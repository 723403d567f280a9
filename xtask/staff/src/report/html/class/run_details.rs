//! What was graded, with what, and how it was kept apart from the machine.

use crate::model::Grades;
use crate::report::html::text::{PlainText, counted};
use maud::{Markup, html};

/// A line under the heading.
pub fn summary(grades: &Grades) -> Markup {
    html! {
        p.summary {
            (counted(grades.submissions.len(), "submission")) ", "
            (counted(grades.quests.len(), "quest")) ", " (grades.points()) " points to earn."
            @if grades.shard.count > 1 {
                " This is part " (grades.shard.index) " of " (grades.shard.count) " of the class."
            }
        }
    }
}

/// All that is needed to grade the same again, and to trust it.
pub fn meta(grades: &Grades) -> Markup {
    html! {
        dl {
            dt { "Seed of the hidden scenarios" } dd { (grades.seed) }
            dt { "Compiler" } dd { (PlainText(&grades.toolchain)) }
            dt { "Fingerprint of the course" } dd { code { (PlainText(&grades.course)) } }
            dt { "Fingerprint of the class" } dd { code { (PlainText(&grades.class)) } }
            dt { "Part of the class" } dd { (grades.shard.index) " of " (grades.shard.count) }
            dt { "Submitted code was confined" }
            dd { (sentences(&grades.confinement.granted, "By nothing.")) }
            dt { "Confinement that was missing" }
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
