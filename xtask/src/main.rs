//! The course's runner: `cargo xtask check` judges the learner's work, `cargo xtask ci` the course itself.
//!
//! - [`cli`]: what can be typed
//! - [`course`]: the quests, read from their manifests; [`state`]: what the runner remembers in `.course/`
//! - [`commands`]: one module a command
//! - [`engine`]: builds the tests, runs each in a process of its own, judges what was observed
//! - [`report`]: verdicts as text for people and JSON for tools
//! - [`exit`]: the exit codes; [`files`]: safe writing; [`say`]: printing
#![warn(clippy::pedantic)]

mod cli;
mod commands;
mod course;
mod engine;
mod exit;
mod files;
mod report;
mod say;
mod state;

use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    // The launcher starts once a test: it must not pay for the command line's parser.
    if let Some(code) = engine::limits::launch_if_asked() {
        return code;
    }
    exit::code(commands::run(cli::Cli::parse()))
}
