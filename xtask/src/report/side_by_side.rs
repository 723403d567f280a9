//! Two texts next to each other, line by line, the differing lines marked.

use std::fmt::Write as _;

/// One line of the picture: what both have, or what one or both have instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row<'a> {
    left: Option<&'a str>,
    right: Option<&'a str>,
}

impl Row<'_> {
    fn is_same(&self) -> bool {
        self.left == self.right
    }
}

/// Below this width the two stand one below the other.
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
    pub cut: char,
}

pub const UNICODE: Marks = Marks { first: '▶', different: '≠', same: '│', cut: '…' };
pub const ASCII: Marks = Marks { first: '>', different: '!', same: '|', cut: '~' };

/// `expected` and `seen` side by side in `width` columns; `paint` colours a line of which it is told whether it differs.
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
    if width < NARROW {
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
    let column = (width - 5) / 2;
    let fit = |text: &str| fit(&clean(text), column, marks.cut);
    let _ = writeln!(out, "  {} {} seen", fit("expected"), marks.same);
    elided(&mut out, start);
    for (index, row) in shown.iter().enumerate() {
        let is_first = start + index == first && !row.is_same();
        let gutter = if row.is_same() { marks.same } else { marks.different };
        let margin = if is_first { marks.first } else { ' ' };
        let right = fit(row.right.unwrap_or_default());
        let line = format!("{margin} {} {gutter} {}", fit(row.left.unwrap_or_default()), right.trim_end());
        let _ = writeln!(out, "{}", paint(line.trim_end(), !row.is_same()));
    }
    elided(&mut out, rows.len() - end);
    out
}

fn mark(row: &Row, is_first: bool, marks: Marks) -> char {
    match (row.is_same(), is_first) {
        (true, _) => ' ',
        (false, true) => marks.first,
        (false, false) => marks.different,
    }
}

/// Aligns the lines by their longest common subsequence; what lies between two common lines is paired in order.
fn align<'a>(expected: &'a str, seen: &'a str) -> Vec<Row<'a>> {
    let left: Vec<&str> = expected.lines().collect();
    let right: Vec<&str> = seen.lines().collect();
    let mut rows = Vec::new();
    let (mut i, mut j) = (0, 0);
    for (next_i, next_j) in common(&left, &right).into_iter().chain([(left.len(), right.len())]) {
        for offset in 0..(next_i - i).max(next_j - j) {
            let pick = |lines: &[&'a str], from: usize, to: usize| (from + offset < to).then(|| lines[from + offset]);
            rows.push(Row { left: pick(&left, i, next_i), right: pick(&right, j, next_j) });
        }
        if let (Some(left), Some(right)) = (left.get(next_i), right.get(next_j)) {
            rows.push(Row { left: Some(left), right: Some(right) });
        }
        (i, j) = (next_i + 1, next_j + 1);
    }
    rows
}

/// The pairs of indices of a longest common subsequence.
fn common(left: &[&str], right: &[&str]) -> Vec<(usize, usize)> {
    /// Above this the table would be slow and large, and nobody compares that many lines by eye.
    const MOST: usize = 4_000_000;
    let head = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let mut pairs: Vec<(usize, usize)> = (0..head).map(|index| (index, index)).collect();
    let (a, b) = (&left[head..], &right[head..]);
    if a.len().saturating_mul(b.len()) > MOST {
        return pairs;
    }
    // lengths[i][j]: length of the longest common subsequence of a[i..] and b[j..].
    let mut lengths = vec![vec![0_u32; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            lengths[i][j] =
                if a[i] == b[j] { lengths[i + 1][j + 1] + 1 } else { lengths[i + 1][j].max(lengths[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            pairs.push((head + i, head + j));
            (i, j) = (i + 1, j + 1);
        } else if lengths[i + 1][j] >= lengths[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// Control characters would break the columns.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Exactly `column` characters: padded, or cut with a mark.
fn fit(text: &str, column: usize, cut: char) -> String {
    if text.chars().count() <= column {
        return format!("{text:<column$}");
    }
    text.chars().take(column - 1).chain([cut]).collect()
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
    fn a_long_line_is_cut_with_a_mark() {
        let out = render(&"x".repeat(100), "y", 60, ASCII, |line, _| line.to_owned());
        assert!(out.contains(&format!("{}~ ! y", "x".repeat(26))), "{out}");
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
    fn enormous_texts_are_compared_without_a_table() {
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
