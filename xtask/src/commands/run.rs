//! `run`: a quest's demo in real time, printing as it happens.

use super::mode_of;
use crate::cli::RunArgs;
use anyhow::Context as _;
use std::process::Command;
use xtask::course::Course;
use xtask::engine::{self, cargo, cargo_build::TargetKind};
use xtask::eprint_line;
use xtask::exit::Outcome;
use xtask::state::State;

pub fn run(course: &Course, state: &State, arguments: &RunArgs) -> anyhow::Result<Outcome> {
    let quest = course.quest(&arguments.quest)?;
    let mode = mode_of(course, state, arguments.reference)?;
    let built = engine::build_quests(course, &[quest], mode, TargetKind::Demo)?;
    let Some(program) = built.program(&quest.demo_package().name) else {
        for error in built.errors() {
            eprint_line!("{}", error.rendered.trim_end());
        }
        let broken = course.needed_by(quest).find(|other| built.has_errors(&other.package)).unwrap_or(quest);
        eprint_line!("The demo does not compile yet. What to do: cargo xtask check {}", broken.number);
        return Ok(Outcome::Unfinished);
    };
    // The demo keeps the terminal and the process group: Ctrl-C reaches it as it reaches this process.
    let mut demo = Command::new(program);
    cargo::without_backtrace(&mut demo);
    let status =
        demo.current_dir(&quest.folder).status().with_context(|| format!("could not start {}", program.display()))?;
    if !status.success() {
        eprint_line!("The demo failed. What to do: cargo xtask check {}", quest.number);
    }
    Ok(Outcome::from_passed(status.success()))
}
