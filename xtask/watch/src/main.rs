//! The program behind `cargo xtask watch`.
//!
//! ```text
//! keyboard ──┐                                ┌──> screen
//! files ─────┼──> app ────> machine ──> app ──┼──> worker (checks, demos)
//! worker ────┘    events                effects
//! ```
//!
//! - [`machine`]: decides what to do, without doing it; [`event`]: its inputs and outputs
//! - [`app`]: connects the parts; with [`input`], [`file_watcher`], [`keyboard`], [`worker`], [`actions`]
//! - [`renderer`]: renders what takes a while; [`suspend`]: Ctrl-Z
//! - [`screen`]: the terminal, which is restored at the end; [`view`] and [`verdicts`]: what is shown on it
#![warn(clippy::pedantic)]

mod actions;
mod app;
mod cli;
mod event;
mod file_watcher;
mod input;
mod keyboard;
mod machine;
mod renderer;
mod screen;
mod suspend;
mod verdicts;
mod view;
mod worker;

use clap::Parser as _;
use std::process::ExitCode;
use xtask::engine::launcher;
use xtask::exit;

fn main() -> ExitCode {
    // The launcher starts once for each test: it must not pay for the command line's parser.
    if let Some(code) = launcher::launch_if_asked(&launcher::no_confinement) {
        return code;
    }
    match app::run(&cli::Cli::parse()) {
        Ok(ending) => ending.code(),
        Err(error) => exit::code(Err(error)),
    }
}
