//! Text that has to fit into a column.

/// `text` in at most `width` columns, without control characters, which would break the line. `mark` replaces what is cut off.
pub fn shorten(text: &str, width: usize, mark: char) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    if clean.clone().count() <= width {
        return clean.collect();
    }
    clean.take(width.saturating_sub(1)).chain([mark]).collect()
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn cut_text_is_marked_and_breaks_no_line() {
        assert_eq!(shorten("abc", 3, '.'), "abc");
        assert_eq!(shorten("a\u{1b}c\n", 3, '.'), "a .");
    }
}
