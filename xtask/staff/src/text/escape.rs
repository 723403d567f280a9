//! Escapes control characters, bidirectional formatting and invisible characters.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

/// Escapes control characters and invisible characters in a name as Rust does. The backslash is escaped, too, so that different
/// names stay different.
pub fn escape(name: &str) -> String {
    if name.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'\\') {
        return name.to_owned();
    }
    let mut shown = String::new();
    let mut before = None;
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        let joins = is_joiner(c) && is_joined(before) && is_joined(rest.peek().copied());
        match c {
            '\\' => shown.push_str("\\\\"),
            _ if !joins && (is_unseen(c) || is_joiner(c)) => shown.extend(c.escape_unicode()),
            _ => shown.push(c),
        }
        before = Some(c);
    }
    shown
}

/// Escapes a file name that may not be Unicode: invalid bytes are escaped as in Rust's byte strings.
pub fn escape_os(name: &OsStr) -> String {
    let mut shown = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        shown.push_str(&escape(chunk.valid()));
        for byte in chunk.invalid() {
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    shown
}

/// Escapes the names in a path. The separators of Windows stay as they are.
pub fn display_path(path: &Path) -> String {
    path.components()
        .map(|part| match part {
            Component::Normal(name) => escape_os(name),
            other => other.as_os_str().to_string_lossy().into_owned(),
        })
        .collect::<PathBuf>()
        .display()
        .to_string()
}

/// Escapes control characters and bidirectional formatting in a text of several lines.
pub fn escape_lines(text: &str) -> String {
    let is_harmless = |byte| matches!(byte, b'\n' | b'\t' | b' '..=b'~');
    if text.bytes().all(is_harmless) || !text.chars().any(is_obeyed) {
        return text.to_owned();
    }
    let text = text.replace("\r\n", "\n");
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_obeyed(c) { shown.extend(c.escape_unicode()) } else { shown.push(c) }
    }
    shown
}

/// Escapes a line that may have been escaped before: its backslashes stay as they are.
pub fn escape_again(text: &str) -> String {
    text.split('\\').map(escape).collect::<Vec<_>>().join("\\")
}

/// Whether a terminal interprets it, or it changes the direction of text.
fn is_obeyed(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t')) || is_direction(c) || matches!(c, '\u{2028}' | '\u{2029}')
}

fn is_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether it is invisible, or can make a name look like another.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || is_direction(c)
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'
            | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// The joiners, which some scripts and emoji need between two characters.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

fn is_joined(neighbour: Option<char>) -> bool {
    neighbour.is_some_and(|c| !c.is_ascii() && !c.is_whitespace() && !is_unseen(c) && !is_joiner(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_name_obeys_nothing_and_hides_nothing() {
        for (name, shown) in [
            ("a\u{1b}[2Jb", "a\\u{1b}[2Jb"),
            ("a\u{1b}]0;title\u{7}b", "a\\u{1b}]0;title\\u{7}b"),
            ("a\u{9b}2Jb", "a\\u{9b}2Jb"),
            ("a\nb\r\tc\0\u{7f}", "a\\u{a}b\\u{d}\\u{9}c\\u{0}\\u{7f}"),
            (
                "a\u{202e}b\u{2066}\u{200b}\u{feff}\u{2028}\u{61c}\u{200f}",
                "a\\u{202e}b\\u{2066}\\u{200b}\\u{feff}\\u{2028}\\u{61c}\\u{200f}",
            ),
            ("an\u{200d}na\u{ad}", "an\\u{200d}na\\u{ad}"),
            ("a\\u{1b}", "a\\\\u{1b}"),
            ("Zoë, שלום, 日本語, 👩\u{200d}💻, می\u{200c}خواهم", "Zoë, שלום, 日本語, 👩\u{200d}💻, می\u{200c}خواهم"),
        ] {
            assert_eq!(escape(name), shown);
        }
    }

    #[test]
    fn different_names_stay_different() {
        let names =
            ["a", "a\u{1b}", "a\\u{1b}", "a\\\\u{1b}", "a\\", "a\\\\", "a\u{200b}", "a\u{200d}", "\u{200d}a", "a\\x1b"];
        assert_eq!(names.iter().map(|name| escape(name)).collect::<BTreeSet<_>>().len(), names.len());
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_unicode_is_unambiguous() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;
        let shown = |bytes: &[u8]| escape_os(OsStr::from_bytes(bytes));
        assert_eq!(shown(b"a\xffb\xfe"), "a\\xffb\\xfe");
        assert_ne!(shown(b"a\xff"), shown(b"a\xfe"));
        assert_ne!(shown(b"a\xff"), shown("a\u{fffd}".as_bytes()));
        assert_ne!(shown(b"a\xff"), shown(b"a\\xff"));
        assert_eq!(display_path(Path::new(OsStr::from_bytes(b"/x/a\xff\x1b"))), "/x/a\\xff\\u{1b}");
    }

    #[test]
    fn a_text_keeps_its_lines_and_loses_what_a_terminal_obeys() {
        assert_eq!(escape_lines("a\tb\r\nc\u{1b}[31m\u{202e}\u{85}"), "a\tb\nc\\u{1b}[31m\\u{202e}\\u{85}");
        let tamed = escape_lines("\u{9b}2J");
        assert_eq!(escape_lines(&tamed), tamed);
    }
}
