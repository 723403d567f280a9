//! `mode`: shows or swaps what the commands build. It is a word in a file; the swap itself is a cargo feature.

use crate::cli;
use xtask::course::Course;
use xtask::exit::Outcome;
use xtask::say::say;
use xtask::state::{Mode, State};

pub fn run(course: &Course, state: &State, arguments: &cli::Mode) -> anyhow::Result<Outcome> {
    if let Some(mode) = arguments.mode {
        if mode == Mode::Reference {
            course.demand_solutions()?;
        }
        state.set_mode(mode)?;
    }
    match state.mode()? {
        Mode::Learner => say!("learner: the commands build your files"),
        Mode::Reference => {
            say!("reference: the commands build the course's solutions; your files are untouched");
            say!("Back to your own work: cargo xtask mode learner");
        }
    }
    Ok(Outcome::Passed)
}
