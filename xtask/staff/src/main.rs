//! The program behind `cargo xtask grade | handout | verify | ci`.
#![warn(clippy::pedantic)]

mod cli;
mod commands;

use clap::Parser as _;
use staff::confine::{self, compiler, probe};
use std::process::ExitCode;
use xtask::engine::launcher;
use xtask::exit;

fn main() -> ExitCode {
    // These run once for each test and each compiled crate, so they skip the command line's parser.
    let asked = launcher::launch_if_asked(&confine::apply).or_else(compiler::become_it_if_asked);
    if let Some(code) = asked.or_else(probe::try_if_asked) {
        return code;
    }
    exit::code(commands::run(cli::Cli::parse()))
}
