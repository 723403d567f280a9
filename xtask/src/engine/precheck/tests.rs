use super::*;

/// Forbidden code, with its line and what it is reported as.
const FORBIDDEN: &[(&str, u64, &str)] = &[
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
    ("use std::{fmt, env as e};\nmod m { use super::e as r#f; pub(crate) use f as g; }\nm::g!(\"HOME\")", 3, "`g!`"),
    ("mod m { pub(super) use a as b; }\nuse std::include as a;\nb!(\"x.rs\");", 3, "`b!`"),
    ("use a1 as a0; use a2 as a1; use a3 as a2; use std::env as a3; a0!(\"HOME\")", 1, "`a0!`"),
    ("include!(\"x.rs\");", 1, "`include!`"),
    // Names that the compiler treats as the same.
    ("use std::include as \u{212a};\nK!(\"x.rs\");", 1, "`\u{212a}`, with the kelvin sign"),
    ("use std::include as K;\n\u{212a}!(\"x.rs\");", 2, "`\u{212a}`, with the kelvin sign"),
    ("use std::env as r#\u{212a};\nK!(\"HOME\");", 1, "`\u{212a}`, with the kelvin sign"),
    ("use std::env as K;\nuse \u{212a} as x;\nx!(\"HOME\");", 2, "`\u{212a}`, with the kelvin sign"),
    ("use std::env as maKe;\nma\u{212a}e!(\"HOME\");", 2, "`ma\u{212a}e`, with the kelvin sign"),
    ("use std::include as \u{e9};\ne\u{301}!(\"x.rs\");", 1, "`as \u{e9}`"),
    ("use std::include as e\u{301};\n\u{e9}!(\"x.rs\");", 1, "`as e\u{301}`"),
    ("use std::env as \u{212b};\n\u{c5}!(\"HOME\");", 1, "`as \u{212b}`"),
    ("use std::env as \u{ac00};\n\u{1100}\u{1161}!(\"HOME\");", 1, "`as \u{ac00}`"),
    ("use std::env as \u{3a9};\n\u{2126}!(\"HOME\");", 1, "`as \u{3a9}`"),
    ("use std::{fmt, env as \u{e9}};", 1, "`as \u{e9}`"),
    ("use std::env as e;\nuse e as r#\u{e9};\nuse e\u{301} as x;\nx!(\"HOME\");", 2, "`as \u{e9}`"),
    ("use core::arch::asm as \u{444};", 1, "`as \u{444}`"),
    // Letters that only look alike are other letters, and stay in the name.
    ("use std::include as \u{456}nclude;\n\u{456}nclude!(\"x.rs\");", 1, "`as \u{456}nclude`"),
    ("use std::include as \u{ff49}nclude;", 1, "`as \u{ff49}nclude`"),
    ("use std::include as INCLUDE;\nINCLUDE!(\"x.rs\");", 2, "`INCLUDE!`"),
    ("use std::env as e;\nE!(); e!(\"HOME\")", 2, "`e!`"),
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
    // What the file's own macros could turn into something forbidden.
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
    ("#!/usr/bin/env run\nfn f() {}", 1, "`#!` without an attribute"),
    ("\u{feff}#!run\nfn f() {}", 1, "`#!` without an attribute"),
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
    "let größe = 1; let gro\u{308}ße = größe; struct Größe { länge: u8 } fn zähle(größe: u8) {} größe!(länge);",
    "use std::collections::BTreeMap as Größe; pub use std::fmt as ausgabe; mod über { pub fn f() {} }",
    "macro_rules! zähle { ($größe:expr) => { $größe } }\nfn f<'größe>(länge: &'größe u8) { zähle!(1); }",
    "let a = \"300 \u{212a}\"; // 300 \u{212a}\n/* \u{212a} */ let b = '\u{212a}'; #[doc = \"\u{212a}\"] fn f() {}",
    "/// \u{e9} and e\u{301}\nfn \u{456}nclude() {} fn \u{435}nv() { \u{456}nclude() }",
    "pub use std::env; pub use inner::loop_of as run; use crate::Loop as K; fn f() { K::new() }",
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
fn what_gets_around_the_compilers_checks_is_forbidden() {
    for (source, line, what) in FORBIDDEN {
        let forbidden = scan(source).unwrap_or_else(|| panic!("not forbidden: {source}"));
        assert_eq!((forbidden.line, forbidden.what.as_str()), (*line, *what), "{source}");
    }
}

#[test]
fn what_only_looks_like_it_is_not_forbidden() {
    for source in ALLOWED {
        assert_eq!(scan(source), None, "{source}");
    }
}

#[test]
fn every_reason_is_whole_sentences_and_says_what_to_do() {
    for (source, ..) in FORBIDDEN {
        let why = scan(source).unwrap().why;
        assert!(why.ends_with('.') && why.split(". ").count() >= 2, "{why}");
        assert!(!why.contains("  ") && !why.contains('\n'), "{why}");
    }
}

#[test]
fn files_that_break_off_anywhere_are_scanned_to_their_end() {
    let source = FORBIDDEN.iter().map(|(source, ..)| *source).chain(ALLOWED.iter().copied());
    for source in source {
        for (end, _) in source.char_indices() {
            let _ = scan(&source[..end]);
            let _ = scan(&source[end..]);
        }
    }
}
