//! `ci`: runs all tests of the course itself.
//!
//! It works on a copy ([`copy`]) in which every `learner.rs` is the stub, so that edits of a learner make no difference.

mod copy;
mod step;

use super::verify::{self, Tally};
use staff::stage;
use std::path::Path;
use std::time::Instant;
use step::CiStep;
use xtask::course::Course;
use xtask::exit::Outcome;
use xtask::print_line;
use xtask::terminal::print;
use xtask::terminal::style::{BOLD, GREEN, RED, paint};

pub fn run(course: &Course) -> anyhow::Result<Outcome> {
    course.require_solutions()?;
    let root = copy::refresh(course)?;
    let reference: Vec<String> = course.quests.iter().map(|quest| format!("{}/reference", quest.package)).collect();
    let reference = reference.join(",");
    let deny = ["--", "-D", "warnings"];
    let steps = [
        CiStep::new("formatting", &["fmt", "--all", "--check"]),
        CiStep::new("clippy on the stubs", &["clippy", "--workspace", "--all-targets"]).with(&deny),
        CiStep::new("clippy on the solutions", &["clippy", "--workspace", "--all-targets", "--features", &reference])
            .with(&deny),
        CiStep::new("tests", &["test", "--workspace", "--no-fail-fast", "--features", &reference]),
        CiStep::new("documentation", &["doc", "--workspace", "--no-deps"]).variable("RUSTDOCFLAGS", "-D warnings"),
    ];
    let mut total = Tally::default();
    for step in &steps {
        total.add(perform(step, &root)?);
    }
    announce("verify");
    print_line!("");
    total.add(verify::verify(course, &course.select(&[])?, 1, false)?);
    // The stage is a workspace that contains all programs.
    total.add(perform(
        &CiStep::new("formatting of all programs", &["fmt", "--all", "--check"]),
        &stage::catalogue::folder(course),
    )?);
    print_line!("{} passed, {} failed", total.passed, total.failed);
    Ok(Outcome::from_passed(total.failed == 0))
}

/// Runs a step, and prints the result.
fn perform(step: &CiStep, root: &Path) -> anyhow::Result<Tally> {
    announce(&step.title);
    let start = Instant::now();
    let done = step.run(root)?;
    let seconds = start.elapsed().as_secs();
    if done.tally.failed == 0 {
        print_line!("{} ({} passed, {seconds} s)", paint(GREEN, "ok"), done.tally.passed);
    } else {
        print_line!("{}", paint(RED, "FAILED"));
        print_line!("{}", done.output.trim_end());
    }
    Ok(done.tally)
}

/// Printed before a step, since some take long.
fn announce(title: &str) {
    print::text(&format!("{} ... ", paint(BOLD, title)));
}
