//! Two texts side by side, with the differing lines marked.

use crate::align;
use crate::terminal::style::Terminal;
use std::fmt::Write as _;

/// A line of each text, if it has one here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct LinePair<'a> {
    left: Option<&'a str>,
    right: Option<&'a str>,
}

impl LinePair<'_> {
    fn is_same(&self) -> bool {
        self.left == self.right
    }
}

/// Below this width, the texts are printed one below the other.
const NARROW: usize = 60;

/// Lines shown before the first difference, and from it on.
const BEFORE: usize = 12;
const AFTER: usize = 28;

/// Marks for terminals with and without Unicode.
#[derive(Debug, Clone, Copy)]
pub struct Marks {
    pub first: char,
    pub different: char,
    pub same: char,
}

const UNICODE: Marks = Marks { first: '▶', different: '≠', same: '│' };
const ASCII: Marks = Marks { first: '>', different: '!', same: '|' };

impl Marks {
    /// The marks that this terminal can show.
    pub fn for_terminal(terminal: Terminal) -> Self {
        if terminal.unicode { UNICODE } else { ASCII }
    }
}

/// `expected` and `seen` side by side in `width` columns, or one below the other where they do not fit. `paint` colours a line; it gets whether the line
/// differs.
pub fn render(expected: &str, seen: &str, width: usize, marks: Marks, paint: impl Fn(&str, bool) -> String) -> String {
    let rows = align(expected, seen);
    let first = rows.iter().position(|row| !row.is_same()).unwrap_or(0);
    let start = first.saturating_sub(BEFORE);
    let end = rows.len().min(first + AFTER);
    let shown = &rows[start..end];
    let mut out = String::new();
    let elided = |out: &mut String, count: usize| {
        if count > 0 {
            let _ = writeln!(out, "  ({count} more line{})", if count == 1 { "" } else { "s" });
        }
    };
    let column = width.saturating_sub(5) / 2;
    let is_cut = |text: Option<&str>| text.is_some_and(|text| text.chars().count() > column);
    // The difference could be in what is cut off, so whole lines are printed one below the other then, too.
    if width < NARROW || shown.iter().any(|row| is_cut(row.left) || is_cut(row.right)) {
        for is_left in [true, false] {
            let _ = writeln!(out, "{}:", if is_left { "expected" } else { "seen" });
            elided(&mut out, start);
            for (index, row) in shown.iter().enumerate() {
                let mark = mark(row, start + index == first, marks);
                let text = if is_left { row.left } else { row.right };
                if let Some(text) = text.or((start + index == first).then_some("(nothing)")) {
                    let line = format!("{mark} {}", clean(text));
                    let _ = writeln!(out, "{}", paint(line.trim_end(), !row.is_same()));
                }
            }
            elided(&mut out, rows.len() - end);
        }
        return out;
    }
    let fit = |text: Option<&str>| format!("{:<column$}", clean(text.unwrap_or_default()));
    let _ = writeln!(out, "  {} {} seen", fit(Some("expected")), marks.same);
    elided(&mut out, start);
    for (index, row) in shown.iter().enumerate() {
        let is_first = start + index == first && !row.is_same();
        let gutter = if row.is_same() { marks.same } else { marks.different };
        let margin = if is_first { marks.first } else { ' ' };
        let line = format!("{margin} {} {gutter} {}", fit(row.left), fit(row.right));
        let _ = writeln!(out, "{}", paint(line.trim_end(), !row.is_same()));
    }
    elided(&mut out, rows.len() - end);
    out
}

fn mark(row: &LinePair, is_first: bool, marks: Marks) -> char {
    match (row.is_same(), is_first) {
        (true, _) => ' ',
        (false, true) => marks.first,
        (false, false) => marks.different,
    }
}

/// Aligns the lines that both have; the lines between are paired in order.
fn align<'a>(expected: &'a str, seen: &'a str) -> Vec<LinePair<'a>> {
    let left: Vec<&str> = expected.lines().collect();
    let right: Vec<&str> = seen.lines().collect();
    let parts = align::align(&left, &right);
    let rows = parts.iter().flat_map(|part| {
        let (left, right) = (&left[part.left.clone()], &right[part.right.clone()]);
        (0..left.len().max(right.len()))
            .map(|row| LinePair { left: left.get(row).copied(), right: right.get(row).copied() })
    });
    rows.collect()
}

/// Control characters would break the columns.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPECTED: &str = "     0 ms  Task 1  started\n  3000 ms  Task 1  finished\n  3000 ms  Task 2  started\n  5000 ms  Task 2  finished";
    const SEEN: &str = "     0 ms  Task 1  started\n     0 ms  Task 2  started\n  3000 ms  Task 1  finished";

    fn plain(width: usize) -> String {
        render(EXPECTED, SEEN, width, ASCII, |line, _| line.to_owned())
    }

    #[test]
    fn events_are_aligned_and_the_first_difference_is_marked() {
        let expected = "  expected                              | seen
       0 ms  Task 1  started            |      0 ms  Task 1  started
>                                       !      0 ms  Task 2  started
    3000 ms  Task 1  finished           |   3000 ms  Task 1  finished
    3000 ms  Task 2  started            !
    5000 ms  Task 2  finished           !
";
        assert_eq!(plain(80), expected);
    }

    #[test]
    fn no_line_is_wider_than_asked() {
        for width in [60, 61, 72, 80, 132] {
            assert!(plain(width).lines().all(|line| line.chars().count() <= width), "{width}");
        }
    }

    #[test]
    fn a_line_too_long_for_its_column_is_shown_whole() {
        let (left, right) = ("x".repeat(100), format!("{}y", "x".repeat(99)));
        let out = render(&left, &right, 80, ASCII, |line, _| line.to_owned());
        assert_eq!(out, format!("expected:\n> {left}\nseen:\n> {right}\n"));
    }

    #[test]
    fn a_narrow_terminal_gets_one_below_the_other() {
        let out = plain(40);
        assert!(out.starts_with("expected:\n"), "{out}");
        assert!(out.contains("seen:\n       0 ms  Task 1  started\n>      0 ms  Task 2  started\n"), "{out}");
    }

    #[test]
    fn nothing_seen_still_has_a_first_difference() {
        let out = render("a", "", 80, ASCII, |line, _| line.to_owned());
        assert!(out.lines().nth(1).unwrap().starts_with("> a"), "{out}");
    }

    #[test]
    fn long_timelines_are_shown_around_the_first_difference() {
        let lines = |middle: &str| {
            (0..1000).map(|n| if n == 500 { middle.to_owned() } else { n.to_string() }).collect::<Vec<_>>().join("\n")
        };
        let out = render(&lines("left"), &lines("right"), 80, ASCII, |line, _| line.to_owned());
        assert!(out.contains("(488 more lines)") && out.contains("> left"), "{out}");
        assert!(out.lines().count() < 50);
    }

    #[test]
    fn enormous_texts_are_compared() {
        let left = "a\n".repeat(10_000);
        assert_eq!(align(&left, &"b\n".repeat(10_000)).len(), 10_000);
    }

    #[test]
    fn only_lines_that_differ_are_painted() {
        let out =
            render(
                "same\nleft",
                "same\nright",
                80,
                ASCII,
                |line, differs| if differs { line.to_uppercase() } else { line.to_owned() },
            );
        assert!(out.contains("same") && out.contains("LEFT") && out.contains("RIGHT"));
    }
}
