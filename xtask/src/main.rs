//! The course's runner: `cargo xtask check` judges the learner's work, `cargo xtask ci` the course itself.
//!
//! - [`cli`]: what can be typed
//! - [`commands`]: one module a command
//!
//! What they share is the library beside this file.
#![warn(clippy::pedantic)]

mod cli;
mod commands;

use clap::Parser as _;
use std::process::ExitCode;
use xtask::engine::limits;
use xtask::exit;

fn main() -> ExitCode {
    // The launcher starts once a test: it must not pay for the command line's parser.
    if let Some(code) = limits::launch_if_asked(&limits::no_confinement) {
        return code;
    }
    exit::code(commands::run(cli::Cli::parse()))
}
