//! One module for each command.

mod check;
mod external;
mod hint;
mod mode;
mod reset;
mod run;
mod solution;
mod timeline;

use crate::cli::{self, Available, Command, LearnerCommand, ReferenceCommand, StaffCommand};
use xtask::course::Course;
use xtask::exit::Outcome;
use xtask::state::{Mode, State};

/// Does what was asked for on the command line.
pub fn run() -> anyhow::Result<Outcome> {
    let course = Course::find();
    // Where the course cannot be read, any command says why.
    let available = course
        .as_ref()
        .map_or(Available::ALL, |course| Available { solutions: course.has_solutions(), staff: course.has_staff() });
    let command = cli::parse(available);
    let course = course?;
    let state = State::new(&course.root);
    match command {
        Command::Learner(command) => run_learner(&course, &state, command),
        Command::Reference(ReferenceCommand::Mode(arguments)) => mode::run(&state, &arguments),
        Command::Reference(ReferenceCommand::Solution(arguments)) => solution::run(&course, &arguments),
        Command::Staff(command) => run_staff(&course, command),
    }
}

fn run_learner(course: &Course, state: &State, command: LearnerCommand) -> anyhow::Result<Outcome> {
    match command {
        LearnerCommand::Check(arguments) => check::run(course, state, &arguments),
        LearnerCommand::Watch(arguments) => external::watch(course, &arguments),
        LearnerCommand::Hint(arguments) => hint::run(course, state, &arguments),
        LearnerCommand::Run(arguments) => run::run(course, state, &arguments),
        LearnerCommand::Timeline(arguments) => timeline::run(course, state, &arguments),
        LearnerCommand::Reset(arguments) => reset::run(course, state, &arguments),
    }
}

fn run_staff(course: &Course, command: StaffCommand) -> anyhow::Result<Outcome> {
    match command {
        StaffCommand::Verify(arguments) => external::staff(course, "verify", &arguments),
        StaffCommand::Ci(arguments) => external::staff(course, "ci", &arguments),
        StaffCommand::Grade(arguments) => external::staff(course, "grade", &arguments),
        StaffCommand::Handout(arguments) => external::staff(course, "handout", &arguments),
    }
}

/// The mode of a command: the reference if it was asked for this once, or else what was set.
fn mode_of(course: &Course, state: &State, reference: bool) -> anyhow::Result<Mode> {
    if reference {
        course.require_solutions()?;
        return Ok(Mode::Reference);
    }
    state.mode(course)
}
