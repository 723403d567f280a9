//! Programs below the runner: the grader, for instructors, and `watch`. Each is built when it is first asked for, so that
//! nobody else waits for it.

use crate::cli::Passed;
use anyhow::Context as _;
use std::ffi::OsStr;
use std::process::Command;
use xtask::course::Course;
use xtask::engine::cargo;
use xtask::exit::Outcome;
use xtask::tell;

/// A program below the runner.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    package: &'static str,
    /// What is told before it is built for the first time.
    building: &'static str,
}

pub const GRADER: Program = Program {
    package: "staff",
    building: "Building the grader. This happens once; on a slow machine it takes some minutes.",
};

pub const WATCH: Program = Program {
    package: "watch",
    building: "Building the watcher. This happens once; on a slow machine it takes a minute or two.",
};

/// One of the grader's commands.
pub fn grader(course: &Course, name: &str, passed: &Passed) -> anyhow::Result<Outcome> {
    course.demand_grader()?;
    start(course, GRADER, [name.as_ref()].into_iter().chain(passed.arguments.iter().map(AsRef::as_ref)))
}

/// `watch`.
pub fn watch(course: &Course, passed: &Passed) -> anyhow::Result<Outcome> {
    start(course, WATCH, passed.arguments.iter().map(AsRef::as_ref))
}

/// Builds the program if need be, and starts it with the arguments as they are.
fn start<'a>(course: &Course, program: Program, arguments: impl Iterator<Item = &'a OsStr>) -> anyhow::Result<Outcome> {
    let target = course.root.join("target").join("xtask");
    let built = target.join("debug").join(program.package).with_extension(std::env::consts::EXE_EXTENSION);
    let is_first = !built.exists();
    if is_first {
        tell!("{}", program.building);
    }
    let mut command = Command::new(cargo::program());
    cargo::clean_environment(&mut command);
    command.arg("run");
    // What takes a while shows how far it is, in cargo's own way.
    if !is_first {
        command.arg("--quiet");
    }
    command.args(["--package", program.package, "--manifest-path"]);
    command.arg(course.root.join("Cargo.toml")).arg("--target-dir").arg(target).arg("--").args(arguments);
    become_program(command)
}

/// This process becomes the program, and so the one that the terminal's signals are for.
#[cfg(unix)]
fn become_program(mut command: Command) -> anyhow::Result<Outcome> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec()).with_context(cargo::not_started)
}

#[cfg(not(unix))]
fn become_program(mut command: Command) -> anyhow::Result<Outcome> {
    let status = command.status().with_context(cargo::not_started)?;
    // The program has told what went wrong.
    std::process::exit(status.code().unwrap_or(xtask::exit::INTERRUPTED));
}
