//! `handout`: the learners' copy of the course.

use crate::cli;
use staff::handout;
use xtask::course::Course;
use xtask::exit::Outcome;
use xtask::print_line;

pub fn run(course: &Course, arguments: &cli::HandoutArgs) -> anyhow::Result<Outcome> {
    for note in handout::write(course, &arguments.folder)? {
        print_line!("{note}");
    }
    print_line!("The learners' copy is in {}.", arguments.folder.display());
    Ok(Outcome::Passed)
}
