//! One module a command.

mod below;
mod check;
mod hint;
mod mode;
mod reset;
mod run;
mod solution;
mod timeline;

use crate::cli::{Cli, Command};
use xtask::course::Course;
use xtask::exit::Outcome;
use xtask::state::{Mode, State};

/// Does what was asked for.
pub fn run(cli: Cli) -> anyhow::Result<Outcome> {
    let course = Course::find()?;
    let state = State::new(&course.root);
    match cli.command {
        Command::Check(arguments) => check::run(&course, &state, &arguments),
        Command::Watch(passed) => below::watch(&course, &passed),
        Command::Mode(arguments) => mode::run(&course, &state, &arguments),
        Command::Hint(arguments) => hint::run(&course, &state, &arguments),
        Command::Run(arguments) => run::run(&course, &state, &arguments),
        Command::Timeline(arguments) => timeline::run(&course, &state, &arguments),
        Command::Reset(arguments) => reset::run(&course, &state, &arguments),
        Command::Solution(arguments) => solution::run(&course, &arguments),
        Command::Verify(passed) => below::grader(&course, "verify", &passed),
        Command::Ci(passed) => below::grader(&course, "ci", &passed),
        Command::Grade(passed) => below::grader(&course, "grade", &passed),
        Command::Handout(passed) => below::grader(&course, "handout", &passed),
    }
}

/// The mode of a command: the reference if asked for this once, else what was set.
fn mode_of(course: &Course, state: &State, reference: bool) -> anyhow::Result<Mode> {
    let mode = if reference { Mode::Reference } else { state.mode()? };
    if mode == Mode::Reference {
        course.demand_solutions()?;
    }
    Ok(mode)
}
