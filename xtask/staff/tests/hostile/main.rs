//! Submissions that attack the grader, graded by the real program on the real course.
//!
//! Each file in `submissions/` says what it tries and what it may earn. None may earn more, hurt another submission, or
//! leave anything behind. `HOSTILE=abort,exit-zero cargo test -p staff --test hostile` runs only these.
//!
//! They are written for Linux, where the sandbox is. On a system without it, the first test fails at once, and none of
//! them is run.
#![cfg(target_os = "linux")]

mod attack;
mod class;
mod traps;

use attack::Attack;
use class::{GradedClass, HostileClass};
use std::sync::{Mutex, PoisonError};
use traps::Traps;

/// Only one grader works in a course at a time.
static COURSE: Mutex<()> = Mutex::new(());

#[test]
fn confined_they_earn_what_they_may_and_leave_nothing() {
    grade(&Attack::all(), "--require-sandbox", &["2", "1"]);
}

/// The other two tests already grade the rest from scratch, once two at a time and once one by one.
#[test]
fn those_that_need_a_sandbox_hurt_nobody_when_graded_one_by_one() {
    let submissions: Vec<Attack> = Attack::all().into_iter().filter(|submission| submission.needs_sandbox).collect();
    grade(&submissions, "--require-sandbox", &["1"]);
}

#[test]
fn those_that_need_no_sandbox_are_as_harmless_without_one() {
    let submissions: Vec<Attack> = Attack::all().into_iter().filter(|submission| !submission.needs_sandbox).collect();
    grade(&submissions, "--no-sandbox", &["1", "2"]);
}

/// Grades them with the first number of jobs, then with each further number and from stored results.
fn grade(submissions: &[Attack], sandbox: &str, jobs: &[&str]) {
    let _alone = COURSE.lock().unwrap_or_else(PoisonError::into_inner);
    let chosen = std::env::var("HOSTILE").ok();
    let is_chosen = |name: &str| chosen.as_ref().is_none_or(|names| names.split(',').any(|chosen| chosen == name));
    let submissions: Vec<&Attack> = submissions.iter().filter(|submission| is_chosen(&submission.name)).collect();
    let traps = Traps::set();
    let class = HostileClass::write(&submissions, &traps);
    for jobs in jobs {
        let outcome = class.grade(&traps, &[sandbox, "--jobs", jobs]);
        let mut complaints = traps.sprung();
        complaints.extend(outcome.complaints());
        for submission in &submissions {
            complaints.extend(complaint(submission, &outcome));
            complaints.extend(outcome.hurt_by(submission));
        }
        assert!(
            complaints.is_empty(),
            "with --jobs {jobs}:\n{}\n\nThe grader said:\n{}",
            complaints.join("\n"),
            outcome.said
        );
    }
}

/// What is wrong with the grade of a hostile submission, if anything.
fn complaint(submission: &Attack, outcome: &GradedClass) -> Option<String> {
    let Attack { name, quest, earns, tries, .. } = submission;
    let Some(graded) = outcome.graded(name) else { return Some(format!("{name} is not in grades.json")) };
    if outcome.earned(name, *quest) == Some(*earns) {
        return None;
    }
    let quest = graded.quests.iter().find(|graded| graded.number == *quest)?;
    let earned = quest.earned.map_or("no score".to_owned(), |points| format!("{points} points"));
    let mut words =
        format!("{name} has {earned}, not {earns}. It tries: {tries}\n  {} {}", quest.state.words(), quest.detail);
    for test in &quest.tests {
        words += &format!("\n  {} {}: {}", test.earned, test.name, test.verdict);
    }
    Some(words)
}
