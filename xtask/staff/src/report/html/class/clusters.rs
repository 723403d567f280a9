//! The section about similar files of different submissions.

use super::links::{Links, wide};
use crate::model::Grades;
use crate::report::html::text::PlainText;
use crate::similar::{ALIKE, Cluster, OWN};
use maud::{Markup, html};

/// A table of similar files, after an explanation of what similarity means.
pub fn clusters(grades: &Grades, clusters: &[Cluster], links: &Links) -> Markup {
    if clusters.is_empty() {
        return html! { p { "No two files are similar, apart from code that the course itself contains." } };
    }
    let table = html! {
        table {
            caption { "The most similar files first." }
            thead {
                tr {
                    th scope="col" { "Quest" }
                    th scope="col" { "Submissions" }
                    th scope="col" { "Similarity" }
                    th.number scope="col" { "Passages" }
                }
            }
            tbody { @for cluster in clusters { (row(grades, cluster, links)) } }
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
             passages there are, the less similarity means."
        }
        (wide("Similar files", &table))
    }
}

fn row(grades: &Grades, cluster: &Cluster, links: &Links) -> Markup {
    html! {
        tr {
            td { (cluster.quest) }
            td { ul.inline { @for member in &cluster.members { li { (links.to_id(grades, member)) } } } }
            td { (similarity(cluster)) }
            td.number { (cluster.own) }
        }
    }
}

fn similarity(cluster: &Cluster) -> Markup {
    let is_short = cluster.own < u32::try_from(OWN).unwrap_or(u32::MAX);
    html! {
        @if cluster.equals_solution { "equal to the course’s solution" }
        @else if cluster.identical { "identical" @if is_short { ", but short" } }
        @else { (PlainText(&format!("{} % or more", cluster.similarity))) }
    }
}
