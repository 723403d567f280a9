//! What a learner's file may not hold, found before it is compiled, so that `check` and the grader say the same.
//!
//! What is refused gets code into the program past the compiler's checks, or past the one file that is handed in. The scan sees
//! words, not what they resolve to: [`tokens`] says where each stands, [`rules`] what is refused there. Words are compared
//! as they are written. The compiler takes some letters of other alphabets for the same, but none of them for a small `a` to `z`.

mod rules;
mod tokens;

use ra_ap_rustc_lexer::strip_shebang;
use std::collections::BTreeMap;
use std::fmt;
use tokens::Token;

/// What a file may not hold, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Counted from 1.
    pub line: u64,
    /// As it is written in Rust: `unsafe` in backquotes, for instance.
    pub what: String,
    /// In whole sentences: what it is, why the course does not take it, what to do instead.
    pub why: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} holds {}. {}", self.line, self.what, self.why)
    }
}

/// The first thing in the file that is refused.
pub fn scan(source: &str) -> Option<Refused> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    if let Some(refused) = refuse_script(source) {
        return Some(refused);
    }
    let file = File::new(tokens::of(source));
    (0..file.tokens.len()).find_map(|index| file.refuse(index))
}

/// Compilers have differed, and may yet, in how much they skip after such a beginning. So nothing is skipped.
fn refuse_script(source: &str) -> Option<Refused> {
    let code = source.trim_start();
    let what = if strip_shebang(source).is_some() {
        "`#!` and no attribute"
    } else if code.starts_with("---") {
        "`---`"
    } else {
        return None;
    };
    let line = source[..source.len() - code.len()].bytes().filter(|byte| *byte == b'\n').count() as u64 + 1;
    Some(Refused { line, what: what.into(), why: rules::SCRIPT.into() })
}

/// A file's tokens, and what is known about each.
struct File<'a> {
    tokens: Vec<Token<'a>>,
    is_attribute_name: Vec<bool>,
    in_hands_of_macros: Vec<bool>,
    /// The names that imports give to macros that are refused where they are called, and why they are.
    aliases: BTreeMap<&'a str, &'static str>,
}

impl<'a> File<'a> {
    fn new(tokens: Vec<Token<'a>>) -> Self {
        Self {
            is_attribute_name: tokens::attribute_names(&tokens),
            in_hands_of_macros: tokens::in_hands_of_macros(&tokens),
            aliases: aliases(&tokens::renamed(&tokens)),
            tokens,
        }
    }

    fn refuse(&self, index: usize) -> Option<Refused> {
        let token = self.tokens.get(index).filter(|token| token.is_word)?;
        let word = token.text;
        let (what, why) = self
            .refuse_keyword(index)
            .or_else(|| Some((format!("`{word}!`"), self.why_macro(index)?)))
            .or_else(|| {
                let why = self.is_attribute_name[index].then(|| rules::why(&rules::ATTRIBUTES, word))??;
                Some((format!("`#[{word}]`"), why))
            })
            .or_else(|| self.is_handed_on(index).then(|| (format!("`{word}`"), rules::HANDED_ON)))?;
        Some(Refused { line: token.line, what, why: why.into() })
    }

    fn refuse_keyword(&self, index: usize) -> Option<(String, &'static str)> {
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

    /// Whether a macro of the file may make something of the word that is refused.
    fn is_handed_on(&self, index: usize) -> bool {
        let token = self.tokens[index];
        let is_telling = rules::why(&rules::MACROS, token.text).is_some()
            || rules::why(&rules::ATTRIBUTES, token.text).is_some()
            || self.aliases.contains_key(token.text)
            || (token.text == "mod" && !token.is_raw);
        self.in_hands_of_macros[index] && is_telling
    }
}

fn aliases<'a>(renamed: &[(&'a str, &'a str)]) -> BTreeMap<&'a str, &'static str> {
    let mut by_old: BTreeMap<&str, Vec<&'a str>> = BTreeMap::new();
    for (old, new) in renamed {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What is refused, on which line, and as what.
    const REFUSED: &[(&str, u64, &str)] = &[
        ("fn f() {\n    unsafe { g() }\n}", 2, "`unsafe`"),
        ("unsafe impl Send for X {}", 1, "`unsafe`"),
        ("macro_rules! m { () => { unsafe { g() } } }", 1, "`unsafe`"),
        ("#[unsafe(no_mangle)] pub fn memcmp() {}", 1, "`unsafe`"),
        ("#[cfg_attr(all(), unsafe(no_mangle))] pub fn memcmp() {}", 1, "`unsafe`"),
        ("stringify!(unsafe)", 1, "`unsafe`"),
        ("/* /* */ */ unsafe {}", 1, "`unsafe`"),
        ("let a = r#\"\"#; unsafe {}", 1, "`unsafe`"),
        ("let a = '\"'; unsafe {} // \"", 1, "`unsafe`"),
        ("\u{feff}unsafe {}", 1, "`unsafe`"),
        ("extern \"C\" { fn getpid() -> i32; }", 1, "`extern`"),
        ("extern crate std as other;", 1, "`extern`"),
        ("extern \"C\" fn f() {}", 1, "`extern`"),
        // Macros that are never anything else.
        ("const X: &str = include_str!(\"/etc/passwd\");", 1, "`include_str!`"),
        ("r#include_str!(\"a\")", 1, "`include_str!`"),
        ("use std::include_str as x;", 1, "`include_str!`"),
        ("m!(include_str)", 1, "`include_str!`"),
        ("macro_rules! m { ($a:ident) => { $a!(\"a\") } }\nm!(include_bytes);", 2, "`include_bytes!`"),
        ("#[doc = include_str!(\"a\")] fn f() {}", 1, "`include_str!`"),
        ("#[cfg_attr(all(), doc = include_str!(\"a\"))] fn f() {}", 1, "`include_str!`"),
        ("core::option_env!(\"HOME\")", 1, "`option_env!`"),
        ("std::arch::global_asm!(\"\")", 1, "`global_asm!`"),
        ("use core::arch::naked_asm;", 1, "`naked_asm!`"),
        ("#[global_allocator] static A: System = System;", 1, "`global_allocator!`"),
        ("use std::prelude::v1::global_allocator as g;", 1, "`global_allocator!`"),
        // Macros with names that mean other things as well.
        ("env!(\"HOME\")", 1, "`env!`"),
        ("std::env! { \"HOME\" }", 1, "`env!`"),
        ("r#env![\"HOME\"]", 1, "`env!`"),
        ("env /* really */ ! // so\n (\"HOME\")", 1, "`env!`"),
        ("use std::env as e;\ne!(\"HOME\")", 2, "`e!`"),
        (
            "use std::{fmt, env as e};\nmod m { use super::e as r#f; pub(crate) use f as g; }\nm::g!(\"HOME\")",
            3,
            "`g!`",
        ),
        ("mod m { pub(super) use a as b; }\nuse std::include as a;\nb!(\"x.rs\");", 3, "`b!`"),
        ("use a1 as a0; use a2 as a1; use a3 as a2; use std::env as a3; a0!(\"HOME\")", 1, "`a0!`"),
        ("include!(\"x.rs\");", 1, "`include!`"),
        ("core::arch::asm!(\"nop\")", 1, "`asm!`"),
        // Attributes.
        ("#[path = \"/tmp/x.rs\"] mod x { }", 1, "`#[path]`"),
        ("#![path = \"/tmp\"]", 1, "`#[path]`"),
        ("#\n[ /* here */\npath = \"x\"]\nmod x {}", 3, "`#[path]`"),
        ("#[r#path = \"x\"] mod x {}", 1, "`#[path]`"),
        ("#[cfg_attr(all(), path = \"x\")] mod x {}", 1, "`#[path]`"),
        ("#[cfg_attr(all(), doc = m!(#[cfg_attr(all(), inline)] x), path = \"x\")] mod x {}", 1, "`#[path]`"),
        ("#[cfg_attr(all(), inline, cfg_attr(all(), path = \"x\"))] mod x {}", 1, "`#[path]`"),
        ("#[no_mangle] pub fn f() {}", 1, "`#[no_mangle]`"),
        ("#[export_name = \"f\"] pub fn f() {}", 1, "`#[export_name]`"),
        ("#[link_section = \".init_array\"] static A: u8 = 0;", 1, "`#[link_section]`"),
        ("#[used] static A: u8 = 0;", 1, "`#[used]`"),
        ("##[used] static A: u8 = 0;", 1, "`#[used]`"),
        ("#![debugger_visualizer(gdb_script_file = \"x\")]", 1, "`#[debugger_visualizer]`"),
        // Modules in other files.
        ("mod other;", 1, "`mod name;`"),
        ("pub(crate) mod r#other ;", 1, "`mod name;`"),
        ("mod a { mod b; }", 1, "`mod name;`"),
        ("#[cfg(test)]\nmod tests;", 2, "`mod name;`"),
        // What the file's own macros could make something of.
        ("macro_rules! m { ($a:ident) => { $a!(\"HOME\") } }\nfn f() { m!(env) }", 2, "`env`"),
        ("use std::env as e;\nmacro_rules! m { ($a:ident) => { $a!(\"HOME\") } }\nm!(e);", 3, "`e`"),
        ("macro_rules! m { ($a:tt $b:tt $c:tt) => { $a $b $c } }\nm!(include, !, (\"x\"));", 2, "`include`"),
        ("macro_rules! m { ($b:tt) => { env $b (\"HOME\") } }\nm!(!)", 1, "`env`"),
        ("macro_rules! m { ($a:ident) => { use std::$a as e; } }\nm!(env);\ne!(\"HOME\")", 2, "`env`"),
        ("macro_rules! m { ($a:ident) => { #[$a = \"x\"] fn y() {} } }\nm!(path);", 2, "`path`"),
        ("macro_rules! m { ($a:meta) => { #[$a] fn f() {} } }\nm! { no_mangle }", 2, "`no_mangle`"),
        ("macro_rules! m { ($a:tt $b:tt {}) => { $a $b; } }\nm!(mod x {});", 2, "`mod`"),
        ("macro_rules! m { ($a:ident) => { mod $a; } }\nm!(x);", 1, "`mod`"),
        ("macro_rules! m { () => {} }\nm!(m!(m!()) env)", 2, "`env`"),
        (
            "macro_rules! d { ($n:ident) => { macro_rules! $n { ($a:ident) => { $a!(\"x\") } } } }\nd!(k);\nk![env];",
            3,
            "`env`",
        ),
        ("#!/usr/bin/env run\nfn f() {}", 1, "`#!` and no attribute"),
        ("\u{feff}#!run\nfn f() {}", 1, "`#!` and no attribute"),
        ("\n---\n/*\n---\nunsafe {} // */", 2, "`---`"),
    ];

    const ALLOWED: &[&str] = &[
        "",
        "#![allow(unused)]\nfn f() {}",
        "#! [allow(unused)]\nfn f() {}",
        "//! unsafe { include_str!(\"a\") }\n/// #[path] unsafe\nfn f() {} // unsafe\n/* /* unsafe */ env!() */",
        "let a = \"unsafe { env!(1) }\"; let b = r#\"\"#; let c = br##\"\"# unsafe \"##; let d = c\"unsafe\"; let e = '\\'';",
        "fn r#unsafe() {} fn f() { r#unsafe() } let r#extern = 1; let r#mod = 2;",
        "#[allow(unsafe_code)] fn f() {}",
        "#[must_use] #[inline] #[test] #[derive(Debug, Clone)] #[cfg(test)] fn f() {}",
        "#[error(\"{}: line {line}\", path.display())] NotUtf8 { path: PathBuf, line: u64 },",
        "#[cfg_attr(test, derive(Debug))] struct A;",
        "for argument in std::env::args() { println!(\"{argument}\") }",
        "use std::env; fn f() { env::var(\"HOME\").ok(); }",
        "use std::env as environment; fn f() -> bool { environment::args().len() != 1 }",
        "use std::env::{self as e, args}; use std::path::{self, Path}; fn f(path: &Path) { path.exists(); }",
        "let env = 1; if env != 2 { dbg!(env, env as u64); }",
        "struct Link { path: String, link: u8, used: bool, env: u8, include: bool, asm: u8 }",
        "println!(\"{}\", path.display()); assert_eq!(link, used); vec![env]; matches!(path, None)",
        "let list = [path, link, used]; let first = list[path]; map[#\"a\"]",
        "fn path() {} fn include(link_name: &str, crate_type: u8) { path(); include(\"a\", 1) }",
        "mod inner { pub fn f() {} mod deeper { } }",
        "macro_rules! twice { ($a:expr) => { $a; $a } }\nfn f() { twice!(record(\"a\", \"b\")) }",
        "macro_rules! twice { ($a:expr) => { $a; $a } }\nfn f(path: &Path) { path.exists(); twice!(1) }\nmod m {}",
        "thread_local! { static A: u8 = 0; } thread_local!(static B: u8 = 0);",
        "impl<'a> A<'a> { fn f(&'a self) -> impl Fn() + use<'a> { || () } }",
        "let x = !path.exists() && !(env == 1); let a = b as u8;",
        "fn f() -> &'static str { file!(); line!(); concat!(\"a\", 1); stringify!(a b) }",
    ];

    #[test]
    fn what_gets_around_the_compilers_checks_is_refused() {
        for (source, line, what) in REFUSED {
            let refused = scan(source).unwrap_or_else(|| panic!("not refused: {source}"));
            assert_eq!((refused.line, refused.what.as_str()), (*line, *what), "{source}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_not_refused() {
        for source in ALLOWED {
            assert_eq!(scan(source), None, "{source}");
        }
    }

    #[test]
    fn every_reason_is_whole_sentences_and_says_what_to_do() {
        for (source, ..) in REFUSED {
            let why = scan(source).unwrap().why;
            assert!(why.ends_with('.') && why.split(". ").count() >= 2, "{why}");
            assert!(!why.contains("  ") && !why.contains('\n'), "{why}");
        }
    }

    #[test]
    fn files_that_break_off_anywhere_are_scanned_to_their_end() {
        let source = REFUSED.iter().map(|(source, ..)| *source).chain(ALLOWED.iter().copied());
        for source in source {
            for (end, _) in source.char_indices() {
                let _ = scan(&source[..end]);
                let _ = scan(&source[end..]);
            }
        }
    }
}
