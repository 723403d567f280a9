//! `grade package`: what a platform needs to run the grader.

use crate::cli::PackageCommand;
use staff::package::gradescope::Options;
use staff::{package, seed};
use std::env;
use xtask::course::Course;
use xtask::exit::Outcome;
use xtask::{eprint_line, print_line};

pub fn run(course: &Course, platform: &PackageCommand) -> anyhow::Result<Outcome> {
    match platform {
        PackageCommand::Gradescope { archive, seed, policy, minutes } => {
            let options = Options {
                seed: seed::given(*seed, env::var_os(seed::VARIABLE))?,
                policy: policy.clone(),
                minutes: *minutes,
            };
            let written = package::gradescope::write(course, archive, &options)?;
            if seed::is_guessable(written.seed) {
                eprint_line!("{}", seed::GUESSABLE);
            }
            written.notes.iter().for_each(|note| print_line!("{note}"));
            print_line!("The autograder for Gradescope is in {}.", archive.display());
            print_line!("Its seed is in {}. {}", written.seed_file.display(), written.origin.words());
        }
        PackageCommand::Classroom { folder } => {
            for note in package::classroom::write(course, folder)? {
                print_line!("{note}");
            }
            print_line!("The template repository is in {}.", folder.join(package::classroom::ASSIGNMENT).display());
            print_line!("The private grader is in {}.", folder.join(package::classroom::GRADER).display());
        }
    }
    Ok(Outcome::Passed)
}
