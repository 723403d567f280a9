//! `reset`: restores a quest's stub. The learner's file is always backed up first.

use crate::cli::ResetArgs;
use anyhow::Context as _;
use std::io::{self, IsTerminal as _};
use xtask::course::Course;
use xtask::exit::{Outcome, UsageError};
use xtask::print_line;
use xtask::state::State;
use xtask::stub;
use xtask::terminal::print;

pub fn run(course: &Course, state: &State, arguments: &ResetArgs) -> anyhow::Result<Outcome> {
    let quest = course.quest(&arguments.quest)?;
    let path = course.display_path(&quest.learner());
    if stub::is_restored(course, quest)? {
        print_line!("{path} is already the stub.");
        return Ok(Outcome::Passed);
    }
    if !arguments.yes && !confirmed(&format!("Restore the stub of {path}? Your file is backed up first. [y/N] "))? {
        print_line!("Nothing was changed.");
        return Ok(Outcome::Unfinished);
    }
    if let Some(backup) = stub::restore(course, state, quest)? {
        print_line!("Your file is backed up in {}", course.display_path(&backup));
    }
    print_line!("{path} is the stub again.");
    print_line!("Next: cargo xtask check {}", quest.number);
    Ok(Outcome::Passed)
}

/// Asks on the terminal; without one nobody can answer.
fn confirmed(question: &str) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        return Err(UsageError("there is no terminal to ask on; use `--yes` to reset without asking".into()).into());
    }
    print::text(question);
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).context("could not read the answer")?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}
