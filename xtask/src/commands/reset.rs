//! `reset`: puts a quest's starting point back. The learner's file is kept first, always.

use crate::cli;
use anyhow::Context as _;
use std::fs;
use std::io::{self, ErrorKind, IsTerminal as _};
use xtask::course::Course;
use xtask::exit::{Outcome, UsageError};
use xtask::files;
use xtask::say::{self, say};
use xtask::state::State;

pub fn run(course: &Course, state: &State, arguments: &cli::Reset) -> anyhow::Result<Outcome> {
    let quest = course.quest(&arguments.quest)?;
    let path = quest.learner();
    let shown = course.relative(&path).display();
    let stub = fs::read(quest.stub())
        .with_context(|| format!("could not read the starting point {}", quest.stub().display()))?;
    let old = match fs::read(&path) {
        Ok(old) => Some(old),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| format!("could not read {shown}; nothing was changed")),
    };
    if old.as_ref() == Some(&stub) {
        say!("{shown} is the starting point already.");
        return Ok(Outcome::Passed);
    }
    if !arguments.yes && !confirmed(&format!("Put the starting point of {shown} back? Your file is kept. [y/N] "))? {
        say!("Nothing was changed.");
        return Ok(Outcome::Unfinished);
    }
    if let Some(old) = old {
        let kept = state.keep(&quest.package, &old).context("nothing was changed")?;
        say!("Your file is kept: {}", course.relative(&kept).display());
    }
    files::write_atomically(&path, &stub)?;
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
