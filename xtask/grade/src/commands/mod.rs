//! One module a command.

mod grade;
mod handout;
mod reports;

use crate::cli::{Cli, Command};
use xtask::course::Course;
use xtask::exit::Outcome;

/// Does what was asked for.
pub fn run(cli: Cli) -> anyhow::Result<Outcome> {
    let course = Course::find()?;
    match cli.command {
        Command::Grade(arguments) => grade::run(&course, *arguments),
        Command::Handout(arguments) => handout::run(&course, &arguments),
    }
}
