//! Two similar files side by side, for a teacher: what they share is marked, and what the course has is grey.

mod code;

use super::page::page;
use super::text::{PlainText, counted};
use crate::fingerprint::Fingerprint;
use crate::model::Grades;
use crate::similarity::{Cluster, ComparedFile, Comparison, Pair};
use code::{code, line_of};
use maud::{Markup, html};

/// The folder of these pages, next to the class report. It holds learners' names and code, so no learner gets it.
pub const FOLDER: &str = "similarity";

/// The maximum number of pages, however large the class is.
pub const MOST_PAGES: usize = 500;

/// The maximum number of clusters in the class report.
pub const MOST_CLUSTERS: usize = 500;

/// The maximum number of fragments in the list.
const MOST_FRAGMENTS: usize = 200;

/// The pairs that have a page, each with its cluster. Those with most in common come first.
pub fn compared(clusters: &[Cluster]) -> impl Iterator<Item = (&Cluster, &Pair)> {
    let shown = clusters.iter().take(MOST_CLUSTERS);
    shown.flat_map(|cluster| cluster.pairs.iter().map(move |pair| (cluster, pair))).take(MOST_PAGES)
}

/// The name of a pair's page in [`FOLDER`]. It is the same in every run, and reveals no name.
pub fn file(pair: &Pair) -> String {
    let mut fingerprint = Fingerprint::default();
    fingerprint.add(pair.left.as_bytes()).add(pair.right.as_bytes());
    format!("quest-{:02}-{}.html", pair.quest, &fingerprint.digits()[..16])
}

/// The page of a pair.
pub fn side_by_side(grades: &Grades, cluster: &Cluster, pair: &Pair, comparison: &Comparison) -> String {
    let quest = grades.quests.iter().find(|quest| quest.number == pair.quest);
    let title = quest.map_or_else(String::new, |quest| format!(", {}", quest.title));
    let heading = format!("{} and {}", pair.left, pair.right);
    let top = html! {
        p.kind { a href="../report.html#alike" { "Class report" } ": similar files" }
        h1 { (PlainText(&heading)) }
        p.summary { "Quest " (pair.quest) (PlainText(&title)) ". " (in_numbers(cluster, pair)) }
    };
    let main = html! {
        p {
            "Similarity is a reason to take a look, but proves nothing. Names, literals, comments and formatting are not \
             compared."
        }
        p {
            mark { "Marked" } " code is in both files; its number leads to the other file. "
            span.base { "Grey" } " code is in the course’s stub or solutions, or in most files of the class: it does not \
             count."
        }
        (others(cluster, pair))
        (list(pair, comparison))
        div.side-by-side {
            (column("left", "right", &pair.left, &comparison.left))
            (column("right", "left", &pair.right, &comparison.right))
        }
    };
    let script = include_str!("side_by_side.js");
    page(&format!("{heading}: similar files of quest {}", pair.quest), &top, &main, Some(script))
}

fn in_numbers(cluster: &Cluster, pair: &Pair) -> String {
    let passages = counted(usize::try_from(pair.shared).unwrap_or(usize::MAX), "passage");
    if cluster.identical {
        return format!("Identical: {passages} in common.");
    }
    format!("{} % similar: {passages} in common.", pair.similarity)
}

/// The rest of a cluster, for which this pair may stand.
fn others(cluster: &Cluster, pair: &Pair) -> Markup {
    let others: Vec<&String> =
        cluster.members.iter().filter(|member| **member != pair.left && **member != pair.right).collect();
    html! {
        @if !others.is_empty() {
            p {
                @if cluster.identical { "The same program was handed in by: " } @else { "In the same group: " }
                @for (index, other) in others.iter().enumerate() { @if index > 0 { ", " } (PlainText(other)) }
                "."
            }
        }
    }
}

/// The fragments with their lines, as a list of links.
fn list(pair: &Pair, comparison: &Comparison) -> Markup {
    let both: Vec<_> = comparison.left.fragments.iter().zip(&comparison.right.fragments).collect();
    if both.is_empty() {
        return html! { p { "Everything that they share is code that does not count." } };
    }
    let lines = |side: &str, number: usize, file: &ComparedFile, range: &std::ops::Range<usize>| {
        let (first, last) = (line_of(file.source, range.start), line_of(file.source, range.end.saturating_sub(1)));
        html! {
            a href={ "#" (side) "-" (number) } {
                @if first == last { "line " (first) } @else { "lines " (first) "–" (last) }
            }
        }
    };
    html! {
        details {
            summary { (counted(both.len(), "shared fragment")) }
            table.small {
                caption.hidden { "Shared fragments" }
                thead {
                    tr {
                        th.number scope="col" { "Fragment" }
                        th scope="col" { (PlainText(&pair.left)) }
                        th scope="col" { (PlainText(&pair.right)) }
                    }
                }
                tbody {
                    @for (number, (left, right)) in (1..).zip(&both).take(MOST_FRAGMENTS) {
                        tr {
                            th.number scope="row" { (number) }
                            td { (lines("left", number, &comparison.left, left)) }
                            td { (lines("right", number, &comparison.right, right)) }
                        }
                    }
                }
            }
            @if both.len() > MOST_FRAGMENTS { p.note { "… and " (both.len() - MOST_FRAGMENTS) " more." } }
        }
    }
}

fn column(side: &str, other: &str, id: &str, file: &ComparedFile) -> Markup {
    html! {
        section aria-labelledby={ "file-" (side) } {
            h2 id={ "file-" (side) } {
                (PlainText(id)) " " span.points { (file.percent) " % of its own code is shared" }
            }
            (code(side, other, id, file))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::class;
    use std::ops::Range;

    fn pair() -> Pair {
        Pair { quest: 3, left: "ann".into(), right: "<b>".into(), similarity: 71, shared: 30 }
    }

    fn cluster(members: &[&str], identical: bool) -> Cluster {
        Cluster {
            quests: vec![3],
            members: members.iter().map(ToString::to_string).collect(),
            similarity: 71,
            identical,
            equals_solution: false,
            shared: 30,
            pairs: vec![pair()],
        }
    }

    /// A file with one fragment, and perhaps a piece of the course.
    fn compared_file(source: &str, fragment: Range<usize>, base: Option<Range<usize>>) -> ComparedFile<'_> {
        ComparedFile { source, fragments: vec![fragment], base: base.into_iter().collect(), percent: 50 }
    }

    fn page_of(left: ComparedFile, right: ComparedFile) -> String {
        side_by_side(&class(), &cluster(&["<b>", "ann", "zoe"], true), &pair(), &Comparison { left, right })
    }

    #[test]
    fn what_they_share_is_marked_and_what_the_course_has_is_grey() {
        let left = "fn a() {}\nlet x;\nlet <y>;\n";
        let page = page_of(compared_file(left, 10..24, Some(0..9)), compared_file("let q; let <y>;", 0..14, None));
        assert!(page.contains("<span class=\"base\">fn a() {}</span>"), "{page}");
        assert!(page.contains("<mark>let x;</mark>"), "{page}");
        assert!(page.contains("<mark>let &lt;y&gt;</mark>"), "{page}");
        assert!(page.contains("id=\"left-1\" href=\"#right-1\""), "{page}");
        assert!(page.contains("id=\"right-1\" href=\"#left-1\""), "{page}");
        assert!(page.contains("href=\"#left-1\">lines 2–3</a>") && page.contains("href=\"#right-1\">line 1</a>"));
        assert_eq!(page.matches("End of fragment 1.").count(), 2);
        assert!(page.contains("The same program was handed in by: zoe."), "{page}");
        assert!(page.contains("<h1>ann and &lt;b&gt;</h1>"), "{page}");
    }

    #[test]
    fn a_page_has_a_limit_and_says_so() {
        let long = "let x = 5;\n".repeat(50_000) + &"x".repeat(1 << 20);
        let wide = "é".repeat(1 << 20);
        let page = page_of(compared_file(&long, 0..long.len(), None), compared_file(&wide, 0..wide.len(), None));
        assert!(page.len() < 1 << 20, "{}", page.len());
        assert!(page.contains("more lines.") && page.contains("more characters"));
    }

    #[test]
    fn a_large_class_has_a_limited_number_of_pages() {
        let many = vec![Cluster { pairs: vec![pair(); 3], ..cluster(&["a", "b"], false) }; 10_000];
        assert_eq!(compared(&many).count(), MOST_PAGES);
        assert_eq!(compared(&many[..2]).count(), 6);
    }

    #[test]
    fn a_pair_has_one_file_whatever_its_names() {
        let name = file(&pair());
        assert!(name.starts_with("quest-03-") && name.len() == "quest-03-.html".len() + 16, "{name}");
        let other = Pair { left: "an".into(), right: "n<b>".into(), ..pair() };
        assert!(file(&other) != name);
    }
}
