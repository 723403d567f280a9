//! The course's runner: `cargo xtask check` judges the learner's work.
//!
//! - [`cli`]: the command line
//! - [`commands`]: one module for each command
//!
//! What they share is the library next to this file.
#![warn(clippy::pedantic)]

mod cli;
mod commands;

use std::process::ExitCode;
use xtask::engine::launcher;
use xtask::exit;

fn main() -> ExitCode {
    // The launcher starts once for each test: it must not pay for the command line's parser.
    if let Some(code) = launcher::launch_if_asked(&launcher::no_confinement) {
        return code;
    }
    exit::code(commands::run())
}
