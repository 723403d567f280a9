//! `grade` and `handout`, for instructors. The program that does them is built when it is first asked for, so that no learner
//! waits for it.

use crate::cli::Passed;
use anyhow::Context as _;
use std::process::Command;
use xtask::course::Course;
use xtask::engine::cargo;
use xtask::exit::Outcome;
use xtask::tell;

/// Starts the program with the arguments as they are.
pub fn run(course: &Course, name: &str, passed: &Passed) -> anyhow::Result<Outcome> {
    course.demand_grader()?;
    let target = course.root.join("target").join("xtask");
    let program = target.join("debug").join("grade").with_extension(std::env::consts::EXE_EXTENSION);
    if !program.exists() {
        tell!("Building the grader. This happens once and takes a minute or two.");
    }
    let mut command = Command::new(cargo::program());
    cargo::clean_environment(&mut command);
    command.args(["run", "--quiet", "--package", "grade", "--manifest-path"]).arg(course.root.join("Cargo.toml"));
    command.arg("--target-dir").arg(target).args(["--", name]).args(&passed.arguments);
    become_program(command)
}

/// This process becomes the program, and so the one that the terminal's signals are for.
#[cfg(unix)]
fn become_program(mut command: Command) -> anyhow::Result<Outcome> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec()).context("could not start cargo")
}

#[cfg(not(unix))]
fn become_program(mut command: Command) -> anyhow::Result<Outcome> {
    let status = command.status().context("could not start cargo")?;
    // The program has told what went wrong.
    std::process::exit(status.code().unwrap_or(xtask::exit::INTERRUPTED));
}
