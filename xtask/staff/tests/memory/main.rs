//! A class in a container that is short of memory: every honest score is right, the grader survives, and whoever needs more
//! than there is has no verdict rather than a wrong one.
//!
//! Each file in `bombs/` takes memory in its own way, and says what becomes of it. The container is a real memory control
//! group, which only a privileged user can make: where there is none, the tests say so and do nothing.
#![cfg(target_os = "linux")]

mod bomb;
mod class;
mod container;

use bomb::{Bomb, Outcome};
use class::{GradedClass, MemoryClass};
use container::Container;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use xtask::print_line;

/// Only one grader works in a course at a time.
static COURSE: Mutex<()> = Mutex::new(());

#[test]
fn a_class_survives_a_gibibyte_two_at_a_time_and_again_from_the_store() {
    grade(1024, &["2", "2"]);
}

#[test]
fn a_class_survives_half_a_gibibyte_one_by_one() {
    grade(512, &["1"]);
}

/// No container is needed to see it: a process that the launcher starts, or that such a process starts, says so itself.
#[test]
fn the_kernel_is_offered_what_is_submitted_before_the_grader() {
    for how in ["__become", "__guard"] {
        let mut launcher = Command::new(env!("CARGO_BIN_EXE_staff"));
        launcher.args([how, "0", "0", "0", &std::process::id().to_string(), ""]);
        launcher.args(["/bin/sh", "-c", "cat /proc/self/oom_score_adj"]);
        // The guard ends what it guards as soon as this pipe closes.
        launcher.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = launcher.spawn().unwrap();
        let open = child.stdin.take();
        let output = child.wait_with_output().unwrap();
        drop(open);
        assert_eq!(String::from_utf8_lossy(&output.stdout), "1000\n", "{how}");
    }
}

#[test]
fn a_container_that_no_build_fits_into_is_refused_before_anything_is_graded() {
    let _alone = COURSE.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(container) = container(96) else { return };
    let class = MemoryClass::write(&[]);
    let output = class.run_grader(&container, &["--jobs", "1"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("96 MiB"), "{said}");
    assert!(!said.contains("Preparing"), "{said}");
}

/// Grades the class in a container of this many mebibytes with the first number of jobs, then again with each further number and
/// from stored results.
fn grade(mebibytes: u64, jobs: &[&str]) {
    let _alone = COURSE.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(container) = container(mebibytes) else { return };
    let bombs = Bomb::all();
    let class = MemoryClass::write(&bombs);
    let mut last: Option<GradedClass> = None;
    for jobs in jobs {
        let graded = class.grade(&container, &["--jobs", jobs]);
        let mut complaints = graded.complaints();
        complaints.extend(bombs.iter().filter_map(|bomb| complaint(bomb, &graded, mebibytes)));
        if last.as_ref().is_some_and(|last| last.grades != graded.grades) {
            complaints.push("the second run found something else than the first".into());
        }
        assert!(
            complaints.is_empty(),
            "in {mebibytes} MiB with --jobs {jobs}:\n{}\n\nThe grader said:\n{}",
            complaints.join("\n"),
            graded.said
        );
        last = Some(graded);
    }
}

fn container(mebibytes: u64) -> Option<Container> {
    let container = Container::new(mebibytes << 20);
    if container.is_none() {
        print_line!("skipped: this user or system has no memory control groups");
    }
    container
}

/// What is wrong with the grade of a bomb, if anything.
fn complaint(bomb: &Bomb, graded: &GradedClass, mebibytes: u64) -> Option<String> {
    let quest = graded.quest(&bomb.name, bomb.quest)?;
    let is_right = match bomb.outcome_in(mebibytes) {
        Outcome::Points(points) => quest.earned == Some(points.into()),
        Outcome::NoVerdict => quest.earned.is_none() && quest.detail.contains(&format!("{mebibytes} MiB")),
    };
    let mut words = format!(
        "{} has {:?} points, not {:?}: {} {}",
        bomb.name,
        quest.earned,
        bomb.outcome_in(mebibytes),
        quest.state.words(),
        quest.detail
    );
    for test in &quest.tests {
        words += &format!("\n  {} {}: {}", test.earned, test.name, test.verdict);
    }
    (!is_right).then_some(words)
}
