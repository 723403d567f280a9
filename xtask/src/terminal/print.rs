//! Printing that outlives its reader: `cargo xtask check | head -1` is no reason to panic, as `println!` would.
//!
//! Colours are always written; `anstream` removes them where there is no terminal, where `NO_COLOR` is set, and so on.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};
use std::sync::{Mutex, PoisonError};

/// Prints a line to standard output.
#[macro_export]
macro_rules! print_line {
    ($($arguments:tt)*) => {
        $crate::terminal::print::stdout_line(format_args!($($arguments)*))
    };
}

/// Prints a line to standard error, or hands it to the listener that [`redirect_stderr`] has set.
#[macro_export]
macro_rules! eprint_line {
    ($($arguments:tt)*) => {
        $crate::terminal::print::stderr_line(format_args!($($arguments)*))
    };
}

/// What [`print_line!`](crate::print_line) does.
pub fn stdout_line(text: Arguments) {
    check(writeln!(anstream::stdout(), "{text}"));
}

/// What [`eprint_line!`](crate::eprint_line) does.
pub fn stderr_line(text: Arguments) {
    match &*LISTENER.lock().unwrap_or_else(PoisonError::into_inner) {
        Some(listener) => listener(text.to_string()),
        None => check(writeln!(anstream::stderr(), "{text}")),
    }
}

/// Prints to standard output at once, without ending the line.
pub fn text(text: &str) {
    let mut stream = anstream::stdout();
    check(write!(stream, "{text}").and_then(|()| stream.flush()));
}

/// From now on `listener` gets every line for standard error, because it draws on the terminal itself. `None` prints again.
pub fn redirect_stderr(listener: Option<Listener>) {
    *LISTENER.lock().unwrap_or_else(PoisonError::into_inner) = listener;
}

/// Gets the lines that would go to standard error.
pub type Listener = Box<dyn Fn(String) + Send>;

static LISTENER: Mutex<Option<Listener>> = Mutex::new(None);

/// A reader that closed the pipe has read enough. Any other failure to print must not look like success.
fn check(written: std::io::Result<()>) {
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        let _ = writeln!(std::io::stderr(), "error: could not print: {error}");
        std::process::exit(3);
    }
}
