//! The words that are forbidden, and why: what it is, why the course does not take it, what to do instead.

/// Forbidden everywhere.
pub const KEYWORDS: [(&str, &str); 2] = [
    (
        "unsafe",
        "It switches off checks of the compiler, and a mistake there may show up anywhere. Every quest can be solved \
         without: `Pin<Box<…>>`, `Arc`, `Rc`, `Mutex` and `RefCell` are enough.",
    ),
    (
        "extern",
        "It reaches code that is not written in Rust, or names a crate, which a `use` does as well. No quest needs it: \
         take a plain `fn`, or `use`.",
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
        "It replaces how the whole program takes memory, also that of the tests. No quest needs it: leave it out.",
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
pub const ANOTHER_FILE: &str = "It takes code from another file, and `src/learner.rs` is the only one that is handed \
                                in. Write the module into it: `mod name { … }`.";

/// The sign for kelvin in a name.
pub const KELVIN: &str = "It looks like the letter K, and the compiler takes it for that letter, but it is another sign \
                          (U+212A). Write the letter.";

/// A macro that is forbidden where it is called, with a name that has more than one spelling.
pub const BEYOND_ASCII: &str = "It gives a new name to something that is forbidden when it is called as a macro, \
                                        and letters beyond ASCII can be written in more than one way. Leave the name \
                                        as it is, or take one of the letters a to z.";

/// A beginning as scripts have it: `#!/usr/bin/…`, or a block between `---`.
pub const SCRIPT: &str = "A script begins so, to say what runs it, and this file is part of a crate. Remove it.";

/// A word in the hands of the file's own macros.
pub const HANDED_ON: &str = "In a file that defines macros, a macro could make of this word an attribute, a module or \
                             a call that is forbidden elsewhere. Give it another name there, or write that part without \
                             a macro.";

const READS_A_FILE: &str = "It reads another file while your program is compiled, and `src/learner.rs` is the only one \
                            that is handed in. Write what you need into it.";

const READS_A_VARIABLE: &str = "It reads a variable of the machine on which your program is compiled, so it is not the \
                                same program everywhere. Write the value into the file, or read it with \
                                `std::env::var` when the program runs.";

const ASSEMBLY: &str = "Assembly gets past all that the compiler checks. Every quest can be solved in plain Rust.";

const LINKING: &str = "This attribute changes how the whole program is put together or started, also what belongs to \
                       the tests. No quest needs it: leave it out.";

/// Why the rules of `table` refuse `word`, if they do.
pub fn why(table: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    table.iter().find(|(name, _)| *name == word).map(|(_, why)| *why)
}
