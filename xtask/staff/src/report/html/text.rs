//! Submitted text in a page: always escaped, without invisible characters, and of limited length.

use maud::{Markup, Render, html};

/// The maximum number of lines of a text.
const LINES: usize = 200;

/// The maximum number of characters of a line.
const COLUMNS: usize = 500;

/// Untrusted text. Invisible characters, and those that change the direction of text, become visible.
pub struct PlainText<'a>(pub &'a str);

impl Render for PlainText<'_> {
    fn render_to(&self, buffer: &mut String) {
        if self.0.bytes().all(|byte| matches!(byte, b'\n' | b'\t' | b' '..=b'~')) {
            self.0.render_to(buffer);
        } else {
            self.0.chars().map(picture).collect::<String>().render_to(buffer);
        }
    }
}

/// Preformatted text, such as compiler errors. If it is too long, a note says so.
pub fn block(label: &str, text: &str) -> Markup {
    let (shown, rest) = first_lines(text);
    html! {
        // A scrollable element must be reachable by keyboard.
        pre tabindex="0" role="group" aria-label=(label) { (PlainText(&shown)) }
        (rest)
    }
}

/// A paragraph of several lines; nothing if the text is empty. If it is too long, a note says so.
pub fn words(text: &str) -> Markup {
    let (shown, rest) = first_lines(text);
    html! {
        @if !shown.is_empty() { p.words { (PlainText(&shown)) } }
        (rest)
    }
}

/// `1 test`, `2 tests`
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// A line, shortened if it is too long for a page.
pub fn shortened(line: &str) -> String {
    if line.len() <= COLUMNS {
        return line.to_owned();
    }
    match line.char_indices().nth(COLUMNS) {
        None => line.to_owned(),
        Some((end, _)) => format!("{} … ({})", &line[..end], counted(line[end..].chars().count(), "more character")),
    }
}

/// The first lines, and a note if there are more.
fn first_lines(text: &str) -> (String, Markup) {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let shown: Vec<String> = lines.iter().take(LINES).map(|line| shortened(line)).collect();
    let rest = lines.len() - shown.len();
    (shown.join("\n"), html! { @if rest > 0 { p.note { "… and " (counted(rest, "more line")) "." } } })
}

fn picture(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        // Unicode has a picture for each control character.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).expect("these are assigned"),
        '\u{7f}' => '\u{2421}',
        // The other control characters, those that change the direction of text, and those without width.
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped_and_control_characters_are_seen() {
        let text = PlainText("<b title=\"x\">&amp; \0\u{1b}[31m\r\u{7f}\u{202e}\ttab\nline").render().into_string();
        assert_eq!(text, "&lt;b title=&quot;x&quot;&gt;&amp;amp; ␀␛[31m␍␡\u{fffd}\ttab\nline");
    }

    #[test]
    fn letters_of_all_scripts_stay() {
        for text in ["Zoë", "שלום", "日本語", "👩\u{200d}💻", "می\u{200c}خواهم", "naïve ≠"] {
            assert_eq!(PlainText(text).render().into_string(), text);
        }
    }

    #[test]
    fn a_long_text_is_cut_with_a_note() {
        let text = |lines: usize| block("It", &"line\n".repeat(lines)).into_string();
        assert!(!text(LINES).contains("more line"));
        assert!(text(LINES + 1).contains("… and 1 more line."));
        assert_eq!(text(LINES + 7).matches("line\n").count(), LINES - 1);
        assert!(words(&"line\n".repeat(LINES + 1)).into_string().contains("… and 1 more line."));
        assert_eq!(words("\n").into_string(), "");
    }

    #[test]
    fn a_long_line_is_cut_with_a_note() {
        assert_eq!(shortened(&"ä".repeat(COLUMNS)), "ä".repeat(COLUMNS));
        assert!(shortened(&"ä".repeat(COLUMNS + 3)).ends_with("ä … (3 more characters)"));
    }

    #[test]
    fn carriage_returns_at_the_ends_of_lines_are_no_text() {
        assert!(block("It", "one\r\ntwo\r\n").into_string().contains(">one\ntwo<"));
    }
}
