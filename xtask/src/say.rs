//! Printing that outlives its reader: `cargo xtask check | head -1` is no reason to panic, as `println!` would.
//!
//! Colours are always written; `anstream` takes them out where there is no terminal, where `NO_COLOR` is set, and so on.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};
use std::sync::{Mutex, PoisonError};

/// Prints a line to standard output.
#[macro_export]
macro_rules! say {
    ($($arguments:tt)*) => {
        $crate::say::line(&mut $crate::say::stdout(), format_args!($($arguments)*))
    };
}

/// Prints a line to standard error, or hands it to [`redirect`]'s listener.
#[macro_export]
macro_rules! tell {
    ($($arguments:tt)*) => {
        $crate::say::told(format_args!($($arguments)*))
    };
}

pub use anstream::{stderr, stdout};
pub use {say, tell};

/// Prints a line to `stream`.
pub fn line(stream: &mut impl Write, text: Arguments) {
    check(writeln!(stream, "{text}"));
}

/// What [`tell!`] does.
pub fn told(text: Arguments) {
    match &*LISTENER.lock().unwrap_or_else(PoisonError::into_inner) {
        Some(listener) => listener(text.to_string()),
        None => line(&mut stderr(), text),
    }
}

/// From now on `listener` gets every line of [`tell!`]: it draws on the terminal itself. `None` prints again.
pub fn redirect(listener: Option<Listener>) {
    *LISTENER.lock().unwrap_or_else(PoisonError::into_inner) = listener;
}

/// Gets the lines that would go to standard error.
pub type Listener = Box<dyn Fn(String) + Send>;

static LISTENER: Mutex<Option<Listener>> = Mutex::new(None);

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
