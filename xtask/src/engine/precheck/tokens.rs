//! The tokens of a source, as the compiler's own lexer sees them, and the context of each.

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};

/// A word, a punctuation character or a literal.
#[derive(Debug, Clone, Copy)]
pub struct Token<'a> {
    /// Without `r#`.
    pub text: &'a str,
    /// Counted from 1.
    pub line: u64,
    pub is_word: bool,
    /// `r#unsafe` is a name like any other, and no keyword.
    pub is_raw: bool,
}

/// All tokens of `source` but white space and comments.
pub fn of(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = source;
    let mut line = 1;
    for token in tokenize(source, FrontmatterAllowed::No) {
        let (text, after) = rest.split_at(token.len as usize);
        rest = after;
        match token.kind {
            TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => {}
            kind => tokens.push(Token {
                text: plain(kind, text),
                line,
                is_word: is_word(kind),
                is_raw: kind == TokenKind::RawIdent,
            }),
        }
        line += text.bytes().filter(|byte| *byte == b'\n').count() as u64;
    }
    tokens
}

/// Which tokens are names of attributes: the first one in each attribute, and all in a `cfg_attr`.
pub fn attribute_names(tokens: &[Token]) -> Vec<bool> {
    let mut marked = vec![false; tokens.len()];
    for (index, token) in tokens.iter().enumerate() {
        let inner = usize::from(text(tokens, index + 1) == "!");
        let open = index + 1 + inner;
        if token.text == "#" && text(tokens, open) == "[" && !is_marked(&marked, open) {
            let last = if text(tokens, open + 1) == "cfg_attr" { end(tokens, open) } else { open + 2 };
            mark(&mut marked, open + 1, last);
        }
    }
    marked
}

/// Which tokens macros of this file may turn into anything: all in definitions and calls, if the file defines any macro.
pub fn in_hands_of_macros(tokens: &[Token]) -> Vec<bool> {
    let mut marked = vec![false; tokens.len()];
    if !tokens.iter().any(|token| token.text == "macro_rules" || token.text == "macro") {
        return marked;
    }
    for index in 1..tokens.len() {
        if tokens[index].text == "!" && tokens[index - 1].is_word {
            // `macro_rules! name { … }` has its name in between.
            let open = index + 1 + usize::from(tokens.get(index + 1).is_some_and(|token| token.is_word));
            if is_open(text(tokens, open)) && !is_marked(&marked, open) {
                mark(&mut marked, open, end(tokens, open));
            }
        }
    }
    marked
}

/// Whether the word at `index` is called as a macro.
pub fn is_call(tokens: &[Token], index: usize) -> bool {
    text(tokens, index + 1) == "!" && is_open(text(tokens, index + 2))
}

/// Whether the `mod` at `index` begins a module whose content follows.
pub fn is_inline_module(tokens: &[Token], index: usize) -> bool {
    tokens.get(index + 1).is_some_and(|token| token.is_word) && text(tokens, index + 2) == "{"
}

/// An `old as new` in an import.
#[derive(Debug, Clone, Copy)]
pub struct Renamed<'a> {
    pub old: &'a str,
    pub new: &'a str,
    /// Of the new name among the tokens.
    pub index: usize,
}

/// Every `old as new` in the file's imports.
pub fn renamed<'a>(tokens: &[Token<'a>]) -> Vec<Renamed<'a>> {
    let mut found = Vec::new();
    let mut in_use = false;
    for (index, token) in tokens.iter().enumerate() {
        match token.text {
            "use" if !token.is_raw => in_use = true,
            ";" => in_use = false,
            "as" if in_use && index > 0 && index + 1 < tokens.len() => {
                let (old, new) = (tokens[index - 1].text, tokens[index + 1].text);
                found.push(Renamed { old, new, index: index + 1 });
            }
            _ => {}
        }
    }
    found
}

/// The name of a word whose kind is written before it; the sign that may begin an attribute.
fn plain(kind: TokenKind, text: &str) -> &str {
    match kind {
        TokenKind::RawIdent | TokenKind::ForcedKeywordIdent => text.split_once('#').map_or(text, |(_, name)| name),
        TokenKind::GuardedStrPrefix => text.get(1..).unwrap_or(text),
        _ => text,
    }
}

/// Some of these literals are invalid. Then the compiler rejects the program anyway.
fn is_word(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Ident | TokenKind::RawIdent | TokenKind::ForcedKeywordIdent | TokenKind::UnknownPrefix)
}

fn text<'a>(tokens: &[Token<'a>], index: usize) -> &'a str {
    tokens.get(index).map_or("", |token| token.text)
}

fn is_open(text: &str) -> bool {
    matches!(text, "(" | "[" | "{")
}

/// The index after the bracket that closes the one at `open`. The compiler refuses brackets that do not match.
fn end(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return index + 1;
        }
    }
    tokens.len()
}

/// A token in a marked range is marked up to the range's end already. Searching for that end again for each of them would take
/// quadratic time.
fn is_marked(marked: &[bool], index: usize) -> bool {
    marked.get(index).copied().unwrap_or_default()
}

fn mark(marked: &mut [bool], first: usize, end: usize) {
    let end = end.min(marked.len());
    marked.get_mut(first..end).into_iter().flatten().for_each(|mark| *mark = true);
}
