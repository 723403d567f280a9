//! `hint`: a quest's hints, one more each time.

use crate::cli;
use xtask::course::Course;
use xtask::exit::Outcome;
use xtask::hints::{self, Which};
use xtask::report::way::Way;
use xtask::say;
use xtask::state::State;

pub fn run(course: &Course, state: &State, arguments: &cli::Hint) -> anyhow::Result<Outcome> {
    let quest = course.quest(&arguments.quest)?;
    let text = match (arguments.all, arguments.again) {
        (true, _) => hints::many(state, quest, Which::All, Way::Command),
        (_, true) => hints::many(state, quest, Which::Shown, Way::Command),
        _ => hints::next(course, state, quest, Way::Command),
    };
    say::now(&text?);
    Ok(Outcome::Passed)
}
