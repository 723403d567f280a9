//! Printing that outlives its reader: `cargo xtask check | head -1` is no reason to panic, as `println!` would.
//!
//! Colours are always written; `anstream` takes them out where there is no terminal, where `NO_COLOR` is set, and so on.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};

/// Prints a line to standard output.
#[macro_export]
macro_rules! say {
    ($($arguments:tt)*) => {
        $crate::say::line(&mut $crate::say::stdout(), format_args!($($arguments)*))
    };
}

/// Prints a line to standard error.
#[macro_export]
macro_rules! tell {
    ($($arguments:tt)*) => {
        $crate::say::line(&mut $crate::say::stderr(), format_args!($($arguments)*))
    };
}

pub use anstream::{stderr, stdout};
pub use {say, tell};

/// Prints a line to `stream`.
pub fn line(stream: &mut impl Write, text: Arguments) {
    check(writeln!(stream, "{text}"));
}

/// Prints to standard output without ending the line, at once.
pub fn now(text: &str) {
    let mut stream = anstream::stdout();
    check(write!(stream, "{text}").and_then(|()| stream.flush()));
}

/// Whoever closed the pipe has read enough; any other failure to print must not look like success.
fn check(written: std::io::Result<()>) {
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        let _ = writeln!(std::io::stderr(), "error: could not print: {error}");
        std::process::exit(3);
    }
}
