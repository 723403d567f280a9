//! The program behind `cargo xtask grade` and `cargo xtask handout`.
#![warn(clippy::pedantic)]

mod cli;
mod commands;

use clap::Parser as _;
use grade::confine::{self, probe};
use std::process::ExitCode;
use xtask::engine::limits;
use xtask::exit;

fn main() -> ExitCode {
    // The launcher starts once a test: it must not pay for the command line's parser.
    if let Some(code) = limits::launch_if_asked(&confine::apply).or_else(probe::try_if_asked) {
        return code;
    }
    exit::code(commands::run(cli::Cli::parse()))
}
