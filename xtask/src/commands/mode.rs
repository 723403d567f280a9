//! `mode`: shows or changes what the commands build. The mode is a word in a file, and selects a cargo feature.

use crate::cli::ModeArgs;
use xtask::exit::Outcome;
use xtask::print_line;
use xtask::state::{Mode, State};

pub fn run(state: &State, arguments: &ModeArgs) -> anyhow::Result<Outcome> {
    if let Some(mode) = arguments.mode {
        state.set_mode(mode)?;
    }
    match state.stored_mode()? {
        Mode::Learner => print_line!("learner: the commands build your files"),
        Mode::Reference => {
            print_line!("reference: the commands build the course's solutions; your files are untouched");
            print_line!("Back to your own work: cargo xtask mode learner");
        }
    }
    Ok(Outcome::Passed)
}
