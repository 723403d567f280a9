//! The section about similar files of different submissions.

use super::links::{Links, wide};
use crate::model::{GradedSubmission, Grades};
use crate::report::html::side_by_side::{FOLDER, MOST_CLUSTERS, MOST_PAGES, compared, file};
use crate::report::html::text::{PlainText, counted};
use crate::similarity::{ALIKE, Cluster, OWN, Pair};
use maud::{Markup, Render as _, html};
use std::collections::HashMap;

/// The maximum number of links of a cluster that are shown at once.
const LINKS: usize = 4;

/// A table of similar files, after an explanation of what similarity means.
pub fn clusters(grades: &Grades, clusters: &[Cluster], links: &Links) -> Markup {
    if clusters.is_empty() {
        return html! { p { "No two files are similar, apart from code that the course itself contains." } };
    }
    let by_id: HashMap<&str, &GradedSubmission> =
        grades.submissions.iter().map(|submission| (submission.id.as_str(), submission)).collect();
    // Clusters may contain submissions of other shards.
    let member = |id: &str| by_id.get(id).map_or_else(|| PlainText(id).render(), |submission| links.to(submission));
    let pairs: usize = clusters.iter().map(|cluster| cluster.pairs.len()).sum();
    // In the same order as the rows.
    let mut pages = compared(clusters).map(|(_, pair)| file(pair));
    let table = html! {
        table {
            caption { "Those with most in common first." }
            thead {
                tr {
                    th scope="col" { "Quests" }
                    th scope="col" { "Submissions" }
                    th scope="col" { "Similarity" }
                    th.number scope="col" { "In common" }
                    @if pairs > 0 { th scope="col" { "Side by side" } }
                }
            }
            tbody {
                @for cluster in clusters.iter().take(MOST_CLUSTERS) {
                    tr {
                        td { (quests(&cluster.quests)) }
                        td { ul.inline { @for id in &cluster.members { li { (member(id)) } } } }
                        td { (similarity(cluster)) }
                        td.number { (cluster.shared) }
                        @if pairs > 0 { td { (side_by_side(cluster, &mut pages)) } }
                    }
                }
            }
        }
    };
    html! {
        p {
            "Similarity is a reason to take a look, but proves nothing. People who learned from the same lesson, or who \
             worked together where that is allowed, write similar code, and short files are nearly always similar."
        }
        p {
            "Names, literals, comments and formatting are not compared. Code that appears in the course \
             itself or in most of the class’s files does not count. Files are shown if they are at least " (ALIKE)
            " % similar and have at least " (OWN) " passages of their own; identical files are always shown. The fewer \
             passages they have in common, the less similarity means."
        }
        @if clusters.len() > MOST_CLUSTERS {
            p.note { "Of " (clusters.len()) " groups, the " (MOST_CLUSTERS) " with most in common are shown." }
        }
        @if pairs > MOST_PAGES {
            p.note { "The first " (MOST_PAGES) " of " (pairs) " pairs can be read side by side." }
        }
        (wide("Similar files", &table))
    }
}

/// `1–3, 5`
fn quests(quests: &[u32]) -> String {
    let runs = quests.chunk_by(|one, next| one + 1 == *next);
    let texts = runs.map(|run| match run {
        [first, .., last] => format!("{first}–{last}"),
        one => one.iter().map(ToString::to_string).collect(),
    });
    texts.collect::<Vec<_>>().join(", ")
}

fn similarity(cluster: &Cluster) -> Markup {
    // Short files, and those that most of the class has.
    let has_little = cluster.shared < u32::try_from(OWN).unwrap_or(u32::MAX);
    html! {
        @if cluster.equals_solution { "equal to the course’s solution" }
        @else if cluster.identical {
            "identical"
            @if cluster.quests.len() > 1 { " in " (cluster.quests.len()) " quests" }
            @if has_little { ", with little code that counts" }
        }
        @else { (PlainText(&format!("{} % or more", cluster.similarity))) }
    }
}

/// Links to the pages of a cluster's pairs.
fn side_by_side(cluster: &Cluster, pages: &mut impl Iterator<Item = String>) -> Markup {
    let links: Vec<Markup> = cluster
        .pairs
        .iter()
        .zip(pages.by_ref())
        .map(|(pair, page)| html! { li { a href={ (FOLDER) "/" (page) } { (label(cluster, pair)) } } })
        .collect();
    let list = html! { ul.inline { @for link in &links { (link) } } };
    html! {
        @if links.len() > LINKS { details { summary { (counted(links.len(), "pair")) } (list) } }
        @else if !links.is_empty() { (list) }
    }
}

fn label(cluster: &Cluster, pair: &Pair) -> Markup {
    let quest = format!("quest {}", pair.quest);
    html! {
        @if cluster.identical { (quest) span.hidden { ": " (PlainText(&pair.left)) " and " (PlainText(&pair.right)) } }
        @else {
            @if cluster.quests.len() > 1 { (quest) ": " }
            (PlainText(&pair.left)) " and " (PlainText(&pair.right))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quests_in_a_row_are_a_range() {
        for (numbers, text) in [(&[3][..], "3"), (&[1, 2, 3, 5], "1–3, 5"), (&[1, 2], "1–2"), (&[], "")] {
            assert_eq!(quests(numbers), text);
        }
    }
}
