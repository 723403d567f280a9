//! The words that are forbidden, and why: what it is, why the course does not take it, what to do instead.

/// Forbidden everywhere.
pub const KEYWORDS: [(&str, &str); 2] = [
    (
        "unsafe",
        "It switches off some of the compiler's checks, and a mistake there may show up anywhere. Every quest can be \
         solved without it: `Pin<Box<…>>`, `Arc`, `Rc`, `Mutex` and `RefCell` are enough.",
    ),
    (
        "extern",
        "It calls code that is not written in Rust, or names a crate, which `use` does as well. No quest needs it: \
         write a plain `fn`, or `use`.",
    ),
];

/// Macros whose names nobody gives to anything else. They are forbidden everywhere.
pub const UNMISTAKABLE: [(&str, &str); 7] = [
    ("include_str", READS_A_FILE),
    ("include_bytes", READS_A_FILE),
    ("option_env", READS_A_VARIABLE),
    ("global_asm", ASSEMBLY),
    ("naked_asm", ASSEMBLY),
    ("llvm_asm", ASSEMBLY),
    (
        "global_allocator",
        "It changes how the whole program allocates memory, including the tests. No quest needs it: leave it out.",
    ),
];

/// Macros whose names mean other things as well. They are forbidden where they are called.
pub const MACROS: [(&str, &str); 3] = [("include", READS_A_FILE), ("env", READS_A_VARIABLE), ("asm", ASSEMBLY)];

/// Forbidden as the name of an attribute.
pub const ATTRIBUTES: [(&str, &str); 19] = [
    ("path", ANOTHER_FILE),
    ("no_mangle", LINKING),
    ("export_name", LINKING),
    ("link", LINKING),
    ("link_name", LINKING),
    ("link_ordinal", LINKING),
    ("link_section", LINKING),
    ("linkage", LINKING),
    ("no_link", LINKING),
    ("used", LINKING),
    ("naked", LINKING),
    ("no_main", LINKING),
    ("crate_type", LINKING),
    ("ffi_const", LINKING),
    ("ffi_pure", LINKING),
    ("rustc_std_internal_symbol", LINKING),
    ("allow_internal_unsafe", LINKING),
    ("alloc_error_handler", LINKING),
    ("debugger_visualizer", READS_A_FILE),
];

/// A module in another file.
pub const ANOTHER_FILE: &str = "It takes code from another file, but only `src/learner.rs` is handed in. Write the \
                                module inside that file: `mod name { … }`.";

/// The sign for kelvin in a name.
pub const KELVIN: &str = "It looks like the letter K, and the compiler treats it as one, but it is a different \
                          character (U+212A). Type the letter instead.";

/// A macro that is forbidden where it is called, with a name that has more than one spelling.
pub const BEYOND_ASCII: &str = "It renames something that must not be called as a macro, and non-ASCII letters can be \
                                        encoded in more than one way. Keep the original name, or rename it with the \
                                        letters a to z only.";

/// A beginning as scripts have it: `#!/usr/bin/…`, or a block between `---`.
pub const SCRIPT: &str = "Scripts begin like this to say what runs them, but this file is part of a crate. Remove it.";

/// A word in the hands of the file's own macros.
pub const HANDED_ON: &str = "In a file that defines macros, a macro could turn this word into an attribute, a module \
                             or a call that is forbidden elsewhere. Use another name there, or write that part without \
                             a macro.";

const READS_A_FILE: &str = "It reads another file while your program is compiled, but only `src/learner.rs` is handed \
                            in. Write what you need into that file.";

const READS_A_VARIABLE: &str = "It reads an environment variable of the machine on which your program is compiled, so \
                                the program is not the same everywhere. Write the value into the file, or read it with \
                                `std::env::var` when the program runs.";

const ASSEMBLY: &str = "Assembly bypasses all the compiler's checks. Every quest can be solved in plain Rust.";

const LINKING: &str = "This attribute changes how the whole program is linked or started, including the tests. No \
                       quest needs it: leave it out.";

/// Why the rules of `table` refuse `word`, if they do.
pub fn why(table: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    table.iter().find(|(name, _)| *name == word).map(|(_, why)| *why)
}
