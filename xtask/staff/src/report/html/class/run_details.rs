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
            dt { "Seed of the hidden scenarios" }
            // Whoever knows it and the class could find out whose number is whose.
            dd { @if grades.anonymous { "Hidden, since the numbers follow from it." } @else { (grades.seed) } }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::class;

    #[test]
    fn the_seed_is_shown_unless_it_would_give_names_away() {
        let shown = |anonymous| run_details(&Grades { seed: 987_654_321, anonymous, ..class() }).into_string();
        assert!(shown(false).contains("987654321"));
        assert!(!shown(true).contains("987654321"));
    }
}
