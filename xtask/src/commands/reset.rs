//! `reset`: puts a quest's starting point back. The learner's file is kept first, always.

use crate::cli;
use anyhow::Context as _;
use std::io::{self, IsTerminal as _};
use xtask::course::Course;
use xtask::exit::{Outcome, UsageError};
use xtask::say::{self, say};
use xtask::starting_point;
use xtask::state::State;

pub fn run(course: &Course, state: &State, arguments: &cli::Reset) -> anyhow::Result<Outcome> {
    let quest = course.quest(&arguments.quest)?;
    let path = quest.learner();
    let shown = course.shown(&path);
    if starting_point::is_there(course, quest)? {
        say!("{shown} is the starting point already.");
        return Ok(Outcome::Passed);
    }
    if !arguments.yes && !confirmed(&format!("Put the starting point of {shown} back? Your file is kept. [y/N] "))? {
        say!("Nothing was changed.");
        return Ok(Outcome::Unfinished);
    }
    if let Some(kept) = starting_point::put_back(course, state, quest)? {
        say!("Your file is kept: {}", course.shown(&kept));
    }
    say!("{shown} is the starting point again.");
    say!("Next: cargo xtask check {}", quest.number);
    Ok(Outcome::Passed)
}

/// Asks at the terminal; without one nobody can answer.
fn confirmed(question: &str) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        return Err(
            UsageError("there is no terminal to ask at; say `--yes` to reset without being asked".into()).into()
        );
    }
    say::now(question);
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).context("could not read the answer")?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}
