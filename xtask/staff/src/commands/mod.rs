//! One module for each command.

mod ci;
mod decisions;
mod earlier;
mod grade;
mod gradebooks;
mod handout;
mod package;
mod reports;
mod verify;

use crate::cli::{Cli, Command};
use xtask::course::Course;
use xtask::exit::Outcome;

/// Runs the command.
pub fn run(cli: Cli) -> anyhow::Result<Outcome> {
    let course = Course::find()?;
    match cli.command {
        Command::Grade(arguments) => grade::run(&course, *arguments),
        Command::Verify(arguments) => verify::run(&course, &arguments),
        Command::Ci => ci::run(&course),
        Command::Handout(arguments) => handout::run(&course, &arguments),
    }
}
