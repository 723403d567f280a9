//! Shows expected and seen side by side, line by line, around the first difference.

use super::text::{PlainText, counted, shortened};
use maud::{Markup, html};
use similar::Algorithm;

/// The number of lines before the first difference.
const BEFORE: usize = 20;

/// The maximum number of lines.
const LINES: usize = 200;

/// A table of both. Lines that differ are marked by a sign, by text and by colour.
pub fn compare(expected: &str, seen: &str) -> Markup {
    let (expected, seen): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), seen.lines().collect());
    let comparison = DiffView::of(&expected, &seen);
    html! {
        table.compare {
            caption.hidden { "Expected and seen, line by line" }
            thead {
                tr {
                    th scope="col" { span.hidden { "Same?" } }
                    th scope="col" { "Expected" }
                    th scope="col" { "Seen" @if seen.is_empty() { ": nothing" } }
                }
            }
            tbody {
                @if comparison.before > 0 {
                    tr.note { td {} td colspan="2" { (counted(comparison.before, "line")) " before, the same in both" } }
                }
                @for row in &comparison.rows {
                    (line(row))
                }
                @if comparison.after != (0, 0) {
                    tr.note {
                        td {}
                        td { (counted(comparison.after.0, "more line")) }
                        td { (counted(comparison.after.1, "more line")) }
                    }
                }
            }
        }
    }
}

fn line(row: &DiffRow) -> Markup {
    let cell = |text: Option<&str>| {
        html! {
            @if let Some(text) = text { (PlainText(&shortened(text))) } @else { span.hidden { "nothing" } }
        }
    };
    html! {
        tr.differs[!row.is_same()] {
            td.sign {
                @if !row.is_same() {
                    span aria-hidden="true" { "≠" }
                    span.hidden { "differs" }
                }
            }
            td { (cell(row.expected)) }
            td { (cell(row.seen)) }
        }
    }
}

/// One line of both: equal, or different.
#[derive(Debug, PartialEq, Eq)]
struct DiffRow<'a> {
    expected: Option<&'a str>,
    seen: Option<&'a str>,
}

impl DiffRow<'_> {
    fn is_same(&self) -> bool {
        self.expected == self.seen
    }
}

/// The part of both that is shown, and the number of other lines.
#[derive(Debug, PartialEq, Eq)]
struct DiffView<'a> {
    before: usize,
    rows: Vec<DiffRow<'a>>,
    /// In expected, and in seen.
    after: (usize, usize),
}

impl<'a> DiffView<'a> {
    /// Only what is shown is aligned. This limits the work without a deadline, which would make pages differ.
    fn of(expected: &[&'a str], seen: &[&'a str]) -> Self {
        let same = expected.iter().zip(seen).take_while(|(expected, seen)| expected == seen).count();
        let before = same.saturating_sub(BEFORE);
        let (expected, seen) = (&expected[before..], &seen[before..]);
        let mut rows = align(&expected[..expected.len().min(LINES)], &seen[..seen.len().min(LINES)]);
        rows.truncate(LINES);
        let shown = |side: fn(&DiffRow<'a>) -> Option<&'a str>| rows.iter().filter_map(side).count();
        let after = (expected.len() - shown(|row| row.expected), seen.len() - shown(|row| row.seen));
        Self { before, rows, after }
    }
}

/// Aligns equal lines. The lines between them are paired in order.
fn align<'a>(expected: &[&'a str], seen: &[&'a str]) -> Vec<DiffRow<'a>> {
    let parts = similar::capture_diff_slices(Algorithm::Myers, expected, seen);
    let rows = parts.iter().flat_map(|part| {
        let (expected, seen) = (&expected[part.old_range()], &seen[part.new_range()]);
        (0..expected.len().max(seen.len()))
            .map(|row| DiffRow { expected: expected.get(row).copied(), seen: seen.get(row).copied() })
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    fn row<'a>(expected: &'a str, seen: &'a str) -> DiffRow<'a> {
        let side = |text: &'a str| (!text.is_empty()).then_some(text);
        DiffRow { expected: side(expected), seen: side(seen) }
    }

    fn numbers(count: usize) -> Vec<String> {
        (0..count).map(|number| number.to_string()).collect()
    }

    #[test]
    fn lines_of_both_stand_in_one_row() {
        let comparison = DiffView::of(&["a", "b", "c", "d"], &["a", "c", "x"]);
        let rows = vec![row("a", "a"), row("b", ""), row("c", "c"), row("d", "x")];
        assert_eq!(comparison, DiffView { before: 0, rows, after: (0, 0) });
    }

    #[test]
    fn the_first_difference_is_shown_wherever_it_is() {
        let (numbers, mut other) = (numbers(1_000), numbers(1_000));
        other[700] = "x".into();
        let (expected, seen): (Vec<_>, Vec<_>) =
            (numbers.iter().map(String::as_str).collect(), other.iter().map(String::as_str).collect());
        let comparison = DiffView::of(&expected, &seen);
        assert_eq!(comparison.before, 700 - BEFORE);
        assert_eq!(comparison.rows.len(), LINES);
        assert_eq!(comparison.rows[BEFORE], row("700", "x"));
        assert_eq!(comparison.after, (1_000 - 680 - LINES, 1_000 - 680 - LINES));
    }

    #[test]
    fn no_line_is_lost_from_the_count() {
        let (left, right) = (vec!["a"; 500], vec!["b"; 30]);
        let comparison = DiffView::of(&left, &right);
        assert_eq!((comparison.rows.len(), comparison.after), (LINES, (300, 0)));
    }

    #[test]
    fn a_difference_is_described_in_words_too() {
        let markup = compare("a\nb", "a").into_string();
        assert_eq!(markup.matches("differs</span>").count(), 1, "{markup}");
        assert!(markup.contains("<td>b</td><td><span class=\"hidden\">nothing</span></td>"), "{markup}");
    }
}
