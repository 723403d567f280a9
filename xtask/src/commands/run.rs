//! `run`: a quest's demo in real time, printing as it happens.

use super::mode_of;
use crate::cli;
use crate::course::Course;
use crate::engine::cargo;
use crate::exit::Outcome;
use crate::state::{Mode, State};
use anyhow::Context as _;
use std::process::Command;

pub fn run(course: &Course, state: &State, arguments: &cli::Run) -> anyhow::Result<Outcome> {
    let quest = course.quest(&arguments.quest)?;
    let mode = mode_of(state, arguments.reference)?;
    let mut command = Command::new(cargo::program());
    cargo::clean_environment(&mut command);
    command.current_dir(&course.root).args(["run", "--quiet", "--package", &quest.package]);
    command.arg("--target-dir").arg(course.root.join("target").join("quests"));
    if mode == Mode::Reference {
        command.args(["--features", &format!("{}/reference", quest.package)]);
    }
    // The demo keeps the terminal and the process group: Ctrl-C reaches it as it reaches this process.
    let status = command.status().context("could not start cargo")?;
    Ok(Outcome::from_passed(status.success()))
}
