//! Wraps text between words.

use super::style::plain;

/// Wraps `text` to `width` columns, with `indent` before each line. A word that is longer than a line has its own line.
pub fn wrap(text: &str, width: usize, indent: &str) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in words(text) {
        let length = plain(&word).chars().count();
        if column > 0 && column + 1 + length > width {
            out.push('\n');
            column = 0;
        }
        if column == 0 {
            out.push_str(indent);
            column = indent.chars().count();
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(&word);
        column += length;
    }
    out
}

/// The words of a text. A time such as `5 s` is one word, so it stays on one line.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let is_unit = matches!(word.trim_end_matches(['.', ',', ';', ':', ')']), "s" | "ms");
        match words.last_mut() {
            Some(number) if is_unit && number.ends_with(|last: char| last.is_ascii_digit()) => {
                number.push(' ');
                number.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn lines_break_between_words_and_fit() {
        assert_eq!(wrap("one two  three\nfour", 9, "  "), "  one two\n  three\n  four");
        assert_eq!(wrap("exactly nine.", 13, ""), "exactly nine.");
        assert_eq!(wrap("exactly nine.", 12, ""), "exactly\nnine.");
        assert_eq!(wrap("\u{1b}[2mdim\u{1b}[0m word", 8, ""), "\u{1b}[2mdim\u{1b}[0m word");
    }

    #[test]
    fn a_time_stays_on_one_line() {
        assert_eq!(wrap("both take 5 s.", 11, ""), "both take\n5 s.");
        assert_eq!(wrap("after 5 so", 7, ""), "after 5\nso");
    }

    #[test]
    fn a_word_that_does_not_fit_has_its_own_line() {
        assert_eq!(wrap("a tokio::time::sleep b", 6, ""), "a\ntokio::time::sleep\nb");
        assert_eq!(wrap("", 6, "  "), "");
    }
}
