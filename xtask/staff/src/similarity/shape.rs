//! Reduces a Rust file to what renaming, reformatting and comments do not change.

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};
use std::ops::Range;

/// A token, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'a> {
    /// The token itself; for names, lifetimes and literals, what kind it is.
    pub shape: &'a str,
    pub bytes: Range<usize>,
}

/// The tokens of `source`, in order, without comments and white space. All names are equal, and so are all lifetimes and all
/// literals.
///
/// Text that is not Rust has tokens, too: the lexer accepts everything.
pub fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut start = 0;
    let tokens = tokenize(source, FrontmatterAllowed::No).filter_map(|token| {
        let bytes = start..start + usize::try_from(token.len).expect("a token lies in a text in memory");
        start = bytes.end;
        Some(Token { shape: reduced(token.kind, &source[bytes.clone()])?, bytes })
    });
    tokens.collect()
}

/// The tokens without their places.
pub fn shape(source: &str) -> Vec<&str> {
    tokens(source).into_iter().map(|token| token.shape).collect()
}

fn reduced(kind: TokenKind, text: &str) -> Option<&str> {
    match kind {
        TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => None,
        TokenKind::Ident if KEYWORDS.contains(&text) => Some(text),
        TokenKind::Ident | TokenKind::RawIdent | TokenKind::InvalidIdent => Some("name"),
        TokenKind::Lifetime { .. } | TokenKind::RawLifetime => Some("'lifetime"),
        TokenKind::Literal { .. } => Some("literal"),
        _ => Some(text),
    }
}

/// Names that cannot be changed.
const KEYWORDS: [&str; 39] = [
    "Self", "_", "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern",
    "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return",
    "self", "static", "struct", "super", "trait", "true", "type", "unsafe", "use", "where", "while",
];

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn renaming_formatting_and_comments_change_nothing() {
        let one = "fn add<'a>(left: &'a u32) -> u32 { left + 1 /* one */ }";
        let other = "/// Adds.\nfn plus<'x>(\n  it: &'x u64, // where from\n) -> u64 {\n  it + 0x2a\n}";
        assert_eq!(shape(one), shape(&other.replace(',', "")));
    }

    #[test]
    fn what_cannot_be_renamed_stays() {
        assert_eq!(shape("while let _ = r#x {}"), ["while", "let", "_", "=", "name", "{", "}"]);
        assert!(shape("loop {}") != shape("while true {}"));
    }

    #[test]
    fn any_text_has_a_shape() {
        for text in ["", "\"", "'", "/*", "№ 5 \u{0}", "r####\"", "ä'b"] {
            shape(text);
        }
        assert_eq!(shape("\u{feff} // nothing"), shape("\u{feff}"));
    }
}
