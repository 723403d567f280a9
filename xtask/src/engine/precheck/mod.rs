//! Rejects a learner's file before it is compiled, so that `check` and the grader say the same.
//!
//! Rejected is a file that cannot be read as text, and one that holds what would get code into the program past the compiler's
//! checks, or past the one file that is handed in. The scan sees words, not what they resolve to: [`tokens`] finds out where
//! each of them is, [`rules`] says what is forbidden there.
//!
//! Words are compared as they are written. The compiler compares names in Unicode's form NFC, and does not mind case or letters
//! that only look alike. NFC makes no other letter one of ASCII's but the kelvin sign, which becomes a `K`. So without that
//! sign, names in ASCII are compared as the compiler does, and no other name is one of them. What is forbidden has an ASCII name;
//! an import that would give it another kind of name is forbidden itself. All of this needs no table of Unicode's.

mod rejection;
mod rules;
#[cfg(test)]
mod tests;
mod tokens;

pub use rejection::{Forbidden, Rejection};

use ra_ap_rustc_lexer::strip_shebang;
use std::collections::{BTreeMap, BTreeSet};
use tokens::{Renamed, Token};

/// Why a learner's file, displayed under this path, must not be compiled, if so.
pub fn check(file: &[u8], display_path: &str) -> Option<Rejection> {
    match str::from_utf8(file) {
        Ok(source) => scan(source).map(Rejection::Forbidden),
        Err(error) => {
            let line = file[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
            let why = format!("{display_path} is not UTF-8 text: line {line} holds other bytes. Save it as UTF-8");
            Some(Rejection::Unreadable(why))
        }
    }
}

/// The first thing in the file that is forbidden.
pub fn scan(source: &str) -> Option<Forbidden> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    if let Some(forbidden) = forbidden_script(source) {
        return Some(forbidden);
    }
    let file = File::new(tokens::of(source));
    (0..file.tokens.len()).find_map(|index| file.forbidden(index))
}

/// Compilers have differed, and may yet, in how much they skip after such a beginning. So nothing is skipped.
fn forbidden_script(source: &str) -> Option<Forbidden> {
    let code = source.trim_start();
    let what = if strip_shebang(source).is_some() {
        "`#!` without an attribute"
    } else if code.starts_with("---") {
        "`---`"
    } else {
        return None;
    };
    let line = source[..source.len() - code.len()].bytes().filter(|byte| *byte == b'\n').count() as u64 + 1;
    Some(Forbidden { line, what: what.into(), why: rules::SCRIPT.into() })
}

/// A file's tokens, and what is known about each.
struct File<'a> {
    tokens: Vec<Token<'a>>,
    is_attribute_name: Vec<bool>,
    in_hands_of_macros: Vec<bool>,
    /// The names that imports give to macros that are forbidden where they are called, and why they are.
    aliases: BTreeMap<&'a str, &'static str>,
    /// Where imports give them names that have more than one spelling.
    beyond_ascii: BTreeSet<usize>,
}

impl<'a> File<'a> {
    fn new(tokens: Vec<Token<'a>>) -> Self {
        let renamed = tokens::renamed(&tokens);
        let aliases = aliases(&renamed);
        let forbidden = renamed.iter().filter(|renamed| aliases.contains_key(renamed.new) && !renamed.new.is_ascii());
        Self {
            is_attribute_name: tokens::attribute_names(&tokens),
            in_hands_of_macros: tokens::in_hands_of_macros(&tokens),
            beyond_ascii: forbidden.map(|renamed| renamed.index).collect(),
            aliases,
            tokens,
        }
    }

    fn forbidden(&self, index: usize) -> Option<Forbidden> {
        let token = self.tokens.get(index).filter(|token| token.is_word)?;
        let word = token.text;
        let (what, why) = self
            .forbidden_keyword(index)
            .or_else(|| word.contains(KELVIN).then(|| (format!("`{word}`, with the kelvin sign"), rules::KELVIN)))
            .or_else(|| self.beyond_ascii.contains(&index).then(|| (format!("`as {word}`"), rules::BEYOND_ASCII)))
            .or_else(|| Some((format!("`{word}!`"), self.why_macro(index)?)))
            .or_else(|| {
                let why = self.is_attribute_name[index].then(|| rules::why(&rules::ATTRIBUTES, word))??;
                Some((format!("`#[{word}]`"), why))
            })
            .or_else(|| self.is_handed_on(index).then(|| (format!("`{word}`"), rules::HANDED_ON)))?;
        Some(Forbidden { line: token.line, what, why: why.into() })
    }

    fn forbidden_keyword(&self, index: usize) -> Option<(String, &'static str)> {
        let token = self.tokens[index];
        if token.is_raw {
            return None;
        }
        if token.text == "mod" && !self.in_hands_of_macros[index] && !tokens::is_inline_module(&self.tokens, index) {
            return Some(("`mod name;`".into(), rules::ANOTHER_FILE));
        }
        Some((format!("`{}`", token.text), rules::why(&rules::KEYWORDS, token.text)?))
    }

    fn why_macro(&self, index: usize) -> Option<&'static str> {
        let word = self.tokens[index].text;
        rules::why(&rules::UNMISTAKABLE, word).or_else(|| {
            let why = rules::why(&rules::MACROS, word).or_else(|| self.aliases.get(word).copied())?;
            tokens::is_call(&self.tokens, index).then_some(why)
        })
    }

    /// Whether a macro of the file may make something of the word that is forbidden.
    fn is_handed_on(&self, index: usize) -> bool {
        let token = self.tokens[index];
        let is_telling = rules::why(&rules::MACROS, token.text).is_some()
            || rules::why(&rules::ATTRIBUTES, token.text).is_some()
            || self.aliases.contains_key(token.text)
            || (token.text == "mod" && !token.is_raw);
        self.in_hands_of_macros[index] && is_telling
    }
}

/// The one sign that the compiler takes for a letter of ASCII. It looks like it, too.
const KELVIN: char = '\u{212a}';

fn aliases<'a>(renamed: &[Renamed<'a>]) -> BTreeMap<&'a str, &'static str> {
    let mut by_old: BTreeMap<&str, Vec<&'a str>> = BTreeMap::new();
    for Renamed { old, new, .. } in renamed {
        by_old.entry(old).or_default().push(new);
    }
    let mut aliases = BTreeMap::new();
    let mut left = rules::MACROS.to_vec();
    // A new name may have a new name. Each is followed once, or a long chain of them would keep a grader busy for hours.
    while let Some((old, why)) = left.pop() {
        for new in by_old.remove(old).unwrap_or_default() {
            aliases.insert(new, why);
            left.push((new, why));
        }
    }
    aliases
}
