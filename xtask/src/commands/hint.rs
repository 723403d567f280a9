//! `hint`: a quest's hints, one more each time.

use crate::cli::HintArgs;
use xtask::course::Course;
use xtask::exit::Outcome;
use xtask::hints::{self, HintSelection};
use xtask::report::frontend::Frontend;
use xtask::state::State;
use xtask::terminal::print;

pub fn run(course: &Course, state: &State, arguments: &HintArgs) -> anyhow::Result<Outcome> {
    let quest = course.quest(&arguments.quest)?;
    let text = match (arguments.all, arguments.again) {
        (true, _) => hints::many(state, quest, HintSelection::All, Frontend::Cli),
        (_, true) => hints::many(state, quest, HintSelection::Seen, Frontend::Cli),
        _ => hints::next(course, state, quest, Frontend::Cli),
    };
    print::text(&text?);
    Ok(Outcome::Passed)
}
