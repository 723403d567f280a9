//! Files of different submissions that are alike.

use super::links::{Links, wide};
use crate::model::Grades;
use crate::report::html::text::PlainText;
use crate::similar::{ALIKE, Cluster, OWN};
use maud::{Markup, html};

/// Says what likeness means before it shows any.
pub fn clusters(grades: &Grades, clusters: &[Cluster], links: &Links) -> Markup {
    if clusters.is_empty() {
        return html! { p { "No two files are alike, apart from what the course itself has." } };
    }
    let table = html! {
        table {
            caption { "Those with most in common first." }
            thead {
                tr {
                    th scope="col" { "Quest" }
                    th scope="col" { "Submissions" }
                    th scope="col" { "Likeness" }
                    th.number scope="col" { "Passages" }
                }
            }
            tbody { @for cluster in clusters { (row(grades, cluster, links)) } }
        }
    };
    html! {
        p {
            "Likeness is a reason to look, and proves nothing. People who learnt from the same lesson, or worked together as \
             they may, write alike; short files nearly always are alike."
        }
        p {
            "Names, literals, comments and formatting are not compared. What the course itself or most of the class has does not \
             count. Files are shown from " (ALIKE) " % on, if they have " (OWN) " passages of their own or more; \
             identical ones always. The fewer passages, the less a likeness means."
        }
        (wide("Files that are alike", &table))
    }
}

fn row(grades: &Grades, cluster: &Cluster, links: &Links) -> Markup {
    html! {
        tr {
            td { (cluster.quest) }
            td { ul.inline { @for member in &cluster.members { li { (links.to_id(grades, member)) } } } }
            td { (likeness(cluster)) }
            td.number { (cluster.own) }
        }
    }
}

fn likeness(cluster: &Cluster) -> Markup {
    let is_short = cluster.own < u32::try_from(OWN).unwrap_or(u32::MAX);
    html! {
        @if cluster.equals_solution { "equal to the course’s solution" }
        @else if cluster.identical { "identical" @if is_short { ", but short" } }
        @else { (PlainText(&format!("{} % or more", cluster.similarity))) }
    }
}
