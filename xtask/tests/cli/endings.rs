//! Commands that wait, are interrupted or fail midway: nothing is left running, and none of the learner's work is lost.

use crate::course::{Course, wait_for_words};
use std::process::Stdio;

#[test]
fn another_cargo_that_holds_the_lock_is_named_while_waiting() {
    let course = Course::fresh();
    assert_eq!(course.run(&["check"]).code, 1);
    let lock = course.lock_target();
    let mut child = course.command(&["check"]).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (said, _stderr) = wait_for_words(&mut child, "Waiting: another cargo is building");
    assert!(said.contains("quests"), "{said}");
    drop(lock);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stdout).unwrap().contains("not started"));
}

#[test]
fn a_reset_that_cannot_keep_the_file_changes_nothing() {
    let course = Course::fresh();
    course.write("quest-01-alpha", "// my work\n");
    std::fs::create_dir_all(course.root().join(".course")).unwrap();
    std::fs::write(course.root().join(".course/kept"), "in the way").unwrap();
    let run = course.run(&["reset", "1", "--yes"]);
    assert_eq!(run.code, 3, "{run}");
    run.says(&["nothing was changed"]);
    assert_eq!(course.learner("quest-01-alpha"), b"// my work\n");
}

#[test]
fn a_reader_that_has_enough_is_no_reason_to_panic() {
    let course = Course::fresh();
    let mut child = course.command(&["check"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains("panicked") && !said.contains("error"), "{said}");
}

#[test]
fn a_course_that_is_broken_is_not_the_learners_fault() {
    let course = Course::fresh();
    let snapshot = course.root().join("quest-02-beta/tests/snapshots/greet_says_hello.snap");
    std::fs::remove_file(&snapshot).unwrap();
    let run = course.run(&["check", "2"]);
    assert_eq!(run.code, 3, "{run}");
    run.says(&["greet_says_hello.snap"]);
}

#[test]
fn a_missing_cargo_is_reported() {
    let course = Course::fresh();
    let output = course.command(&["check"]).env("CARGO", "/nowhere/cargo").output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("could not start /nowhere/cargo"), "{said}");
}

#[cfg(target_os = "linux")]
mod stopped {
    use super::*;
    use crate::course::{COUNT_TODO, WORK};
    use rustix::process::{Pid, Signal, kill_process};
    use std::os::unix::process::ExitStatusExt as _;
    use std::path::{Path, PathBuf};
    use std::process::Child;
    use std::thread;
    use std::time::Duration;

    /// Runs for a long time without being noticed: it works too much to count as idle, and too little to run out of CPU
    /// time.
    const LONG: &str = "std::fs::write(\"running\", std::process::id().to_string()).unwrap();
        loop {
            let start = std::time::Instant::now();
            while start.elapsed().as_millis() < 3 {}
            std::thread::sleep(std::time::Duration::from_millis(17));
        }";

    /// Starts `check`, and returns when the learner's code runs, with that process's number.
    fn check_that_takes_long(course: &Course) -> (Child, u32) {
        course.write("quest-01-alpha", &format!("{}{COUNT_TODO}", WORK.replace("record(name, \"finished\");", LONG)));
        let marker = course.root().join("quest-01-alpha/running");
        let _ = std::fs::remove_file(&marker);
        let _ = std::fs::remove_dir_all(temporary(course));
        std::fs::create_dir_all(temporary(course)).unwrap();
        let mut child = course.command(&["check", "1"]).env("TMPDIR", temporary(course)).spawn().unwrap();
        loop {
            if let Some(number) = std::fs::read_to_string(&marker).ok().and_then(|text| text.parse().ok()) {
                std::fs::remove_file(&marker).unwrap();
                return (child, number);
            }
            assert!(child.try_wait().unwrap().is_none(), "it ended before the learner's code ran");
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn temporary(course: &Course) -> PathBuf {
        course.root().join("target/temporary")
    }

    fn send(signal: Signal, child: &Child) {
        kill_process(Pid::from_child(child), signal).unwrap();
    }

    /// Waits as long as it takes: a process that is left running makes this test hang, and so fail.
    fn wait_until_gone(process: u32) {
        while Path::new(&format!("/proc/{process}")).exists() {
            thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn ctrl_c_and_termination_end_everything() {
        for signal in [Signal::INT, Signal::TERM] {
            let course = Course::fresh();
            let (mut child, process) = check_that_takes_long(&course);
            send(signal, &child);
            assert_eq!(child.wait().unwrap().code(), Some(130));
            wait_until_gone(process);
            assert_eq!(std::fs::read_dir(temporary(&course)).unwrap().count(), 0, "temporary files are left");
        }
    }

    /// The processes of builds of this course.
    fn builds(course: &Course) -> Vec<String> {
        let target = course.root().join("target/quests").display().to_string();
        let command_lines = std::fs::read_dir("/proc").unwrap().flatten();
        command_lines
            .filter_map(|entry| std::fs::read_to_string(entry.path().join("cmdline")).ok())
            .filter(|line| line.contains(&target))
            .collect()
    }

    #[test]
    fn a_runner_that_ends_while_cargo_builds_leaves_no_build_running() {
        for signal in [Signal::INT, Signal::KILL] {
            let course = Course::fresh();
            assert_eq!(course.run(&["check"]).code, 1);
            let lock = course.lock_target();
            let mut command = course.command(&["check"]);
            let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
            let _stderr = wait_for_words(&mut child, "Waiting: another cargo is building");
            assert!(!builds(&course).is_empty());
            send(signal, &child);
            let status = child.wait().unwrap();
            assert!(status.code() == Some(130) || status.signal() == Some(9), "{status}");
            while !builds(&course).is_empty() {
                thread::sleep(Duration::from_millis(5));
            }
            drop(lock);
        }
    }

    #[test]
    fn a_runner_that_is_killed_leaves_no_test_running() {
        let course = Course::fresh();
        let (mut child, process) = check_that_takes_long(&course);
        send(Signal::KILL, &child);
        assert_eq!(child.wait().unwrap().signal(), Some(9));
        wait_until_gone(process);
    }
}
