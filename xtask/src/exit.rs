//! The exit codes, the same for every command.
//!
//! | code | means |
//! | --- | --- |
//! | 0 | everything you asked for passes |
//! | 1 | something is unfinished or failing |
//! | 2 | the command line is wrong (as in clap's own usage errors) |
//! | 3 | something is wrong with the machine or the course itself |
//! | 130 | stopped by Ctrl-C or a termination signal |

use crate::eprint_line;
use std::fmt;
use std::process::ExitCode;

/// How a command that did its work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything asked for passes.
    Passed,
    /// Something is unfinished or fails.
    Unfinished,
}

impl Outcome {
    /// [`Outcome::Passed`] if `passed`.
    pub fn from_passed(passed: bool) -> Self {
        if passed { Self::Passed } else { Self::Unfinished }
    }
}

/// An error of the user; every other error is the machine's or the course's.
#[derive(Debug)]
pub struct UsageError(pub String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

/// Exit code of a run that was stopped by a signal.
pub const INTERRUPTED: i32 = 130;

/// Turns a command's result into an exit code, and prints the error.
pub fn code(result: anyhow::Result<Outcome>) -> ExitCode {
    match result {
        Ok(Outcome::Passed) => ExitCode::SUCCESS,
        Ok(Outcome::Unfinished) => ExitCode::from(1),
        Err(error) => {
            eprint_line!("error: {error:#}");
            ExitCode::from(if error.is::<UsageError>() { 2 } else { 3 })
        }
    }
}
