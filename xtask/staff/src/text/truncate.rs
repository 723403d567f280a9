//! Shortens long texts, and says how much was omitted.

use std::ops::Range;

/// The maximum number of bytes in a text.
pub const MAX_TEXT: usize = 16 << 10;

/// The maximum number of bytes in a name, an address or another line.
pub const MAX_LINE: usize = 1 << 10;

/// The text if it has at most `most` bytes, else its beginning and end, and in between a note on how much was omitted. If possible,
/// whole lines are omitted.
pub fn truncate(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    // The note needs room, too.
    let room = most.saturating_sub(LONGEST_OMISSION);
    let head = &text[..floor(text, room * 3 / 4)];
    let head = head.rfind('\n').filter(|end| *end > head.len() / 2).map_or(head, |end| &head[..end]);
    let tail = &text[ceil(text, text.len() - room / 4)..];
    let tail = tail.find('\n').filter(|end| *end < tail.len() / 2).map_or(tail, |end| &tail[end + 1..]);
    format!("{head}\n{}\n{tail}", omission(text.len() - head.len() - tail.len()))
}

/// One line of at most `most` bytes.
pub fn truncate_line(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let head = floor(text, most.saturating_sub(LONGEST_OMISSION));
    format!("{} {}", &text[..head], omission(text.len() - head))
}

/// Shortens both texts to at most `most` bytes each, and keeps their first difference.
pub fn truncate_pair(one: &str, other: &str, most: usize) -> (String, String) {
    if one.len() <= most && other.len() <= most {
        return (one.to_owned(), other.to_owned());
    }
    let same: usize = one
        .split_inclusive('\n')
        .zip(other.split_inclusive('\n'))
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a.len())
        .sum();
    // A few lines before it show where it is.
    let start = one[..same].char_indices().rev().filter(|(_, c)| *c == '\n').nth(BEFORE).map_or(0, |(at, _)| at + 1);
    let start = start.max(ceil(one, same.saturating_sub(most / 4)));
    let part = |text: &str| {
        if text.len() <= most || start == 0 {
            return truncate(text, most);
        }
        format!("{}\n{}", omission(start), truncate(&text[start..], most.saturating_sub(LONGEST_OMISSION)))
    };
    (part(one), part(other))
}

/// Lines that are kept before the first difference.
const BEFORE: usize = 20;

/// The longest note of [`omission`], with its line ends.
const LONGEST_OMISSION: usize = 64;

/// The last position up to `at` that is inside neither a character nor an escape.
fn floor(text: &str, at: usize) -> usize {
    let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    escape_around(text, at).map_or(at, |escape| escape.start)
}

/// The first such position from `at` on.
fn ceil(text: &str, at: usize) -> usize {
    let at = (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    escape_around(text, at).map_or(at, |escape| escape.end)
}

/// The escape around `at`, such as `\u{1b}`.
fn escape_around(text: &str, at: usize) -> Option<Range<usize>> {
    const LONGEST: usize = r"\u{10ffff}".len();
    let start = text[..at].rfind('\\').filter(|start| at - start < LONGEST)?;
    let inner = text[start..].strip_prefix("\\u{")?;
    let digits = inner.find(|c: char| !c.is_ascii_hexdigit())?;
    let end = start + 3 + digits + 1;
    (inner[digits..].starts_with('}') && digits <= 6 && at < end).then_some(start..end)
}

/// A shortened text without the notes on what was omitted.
pub fn without_omissions(text: &str) -> String {
    let is_sentence = |line: &&str| line.starts_with('[') && line.ends_with(OMISSION);
    text.lines().filter(|line| !is_sentence(line)).map(|line| line.to_owned() + "\n").collect()
}

const OMISSION: &str = " bytes omitted]";

fn omission(bytes: usize) -> String {
    format!("[{bytes}{OMISSION}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::escape::escape_lines;

    #[test]
    fn a_text_that_is_cut_keeps_its_beginning_and_its_end_and_says_so() {
        let text = format!("first\n{}\nlast", "é🦀\n".repeat(100_000));
        for most in [200, 201, 202, 203, 1_000, MAX_TEXT] {
            let short = truncate(&text, most);
            assert!(short.len() <= most, "{} of {most}", short.len());
            assert!(short.starts_with("first\n") && short.ends_with("\nlast"), "{short}");
            let kept = short.len() - short.lines().find(|line| line.starts_with('[')).expect("a sentence").len() - 2;
            assert!(short.contains(&format!("[{} bytes omitted]", text.len() - kept)), "{short}");
            assert_eq!(truncate(&short, most), short);
        }
        assert_eq!(truncate("short", 5), "short");
        assert!(truncate_line(&text, 300).len() <= 300);
    }

    #[test]
    fn the_first_difference_is_kept_wherever_it_is() {
        let lines =
            |count: usize| (0..count).fold(String::new(), |text, line| text + &format!("{line} ms  Task  beat\n"));
        for at in [0, 10, 5_000, 89_999] {
            let seen = lines(90_000).replace(&format!("\n{at} ms"), &format!("\n{at} ms DIFFERENT")).replacen(
                "0 ms",
                if at == 0 { "DIFFERENT" } else { "0 ms" },
                1,
            );
            let (expected, seen) = truncate_pair(&lines(90_000), &seen, MAX_TEXT);
            assert!(expected.len() <= MAX_TEXT && seen.len() <= MAX_TEXT, "{} {}", expected.len(), seen.len());
            assert!(seen.contains("DIFFERENT"), "{at}: {seen}");
            assert!(expected.contains(&format!("{at} ms  Task")), "{at}");
            assert!(seen.contains("bytes omitted]"));
            assert_eq!(truncate_pair(&expected, &seen, MAX_TEXT), (expected.clone(), seen.clone()));
        }
        let (short, long) = truncate_pair("0 ms\n", &lines(90_000), MAX_TEXT);
        assert_eq!(short, "0 ms\n");
        assert!(long.len() <= MAX_TEXT);
        // One line without an end, as from a program that prints no line ends.
        let (one, other) = truncate_pair(&"é".repeat(1 << 20), &format!("{}x", "é".repeat(1 << 20)), MAX_TEXT);
        assert!(one.len() <= MAX_TEXT && other.len() <= MAX_TEXT);
    }

    #[test]
    fn no_escape_is_cut_in_two() {
        let text = escape_lines(&"\u{1b}".repeat(1_000));
        for most in 100..120 {
            let short = truncate(&text, most);
            let whole =
                short.lines().filter(|line| !line.starts_with('[')).all(|line| line.replace("\\u{1b}", "").is_empty());
            assert!(whole && short.len() <= most, "{short}");
        }
    }
}
