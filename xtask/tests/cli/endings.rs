//! What waits, is interrupted or fails in the middle: nothing is left running, nothing of the learner's is lost.

use crate::course::{COUNT_TODO, Course, WORK};

#[test]
fn another_cargo_that_holds_the_lock_is_named_while_waiting() {
    let course = Course::fresh();
    assert_eq!(course.run(&["check"]).code, 1);
    // Cargo locks this file while it builds; so does this test.
    let lock =
        std::fs::File::options().write(true).open(course.root().join("target/quests/debug/.cargo-lock")).unwrap();
    lock.lock().unwrap();
    let run = course.run_and_when_it_says("Waiting: another cargo", &["check"], || lock.unlock().unwrap());
    assert_eq!(run.code, 1, "{run}");
    run.says(&["not started"]);
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
fn a_course_that_is_broken_is_not_the_learners_fault() {
    let course = Course::fresh();
    let snapshot = course.root().join("quest-02-beta/tests/snapshots/greet_says_hello.snap");
    std::fs::remove_file(&snapshot).unwrap();
    let run = course.run(&["check", "2"]);
    assert_eq!(run.code, 3, "{run}");
    run.says(&["greet_says_hello.snap"]);
}

#[test]
fn a_cargo_that_is_missing_is_told() {
    let course = Course::fresh();
    let output = course.command(&["check"]).env("CARGO", "/nowhere/cargo").output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("could not start /nowhere/cargo"), "{said}");
}

#[cfg(target_os = "linux")]
mod stopped {
    use super::*;
    use rustix::process::{Pid, Signal, kill_process};
    use std::os::unix::process::ExitStatusExt as _;
    use std::path::Path;
    use std::process::Child;
    use std::thread;
    use std::time::Duration;

    /// Runs for long without being noticed: it works too much to be asleep, and too little to run out of CPU time.
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
        let mut child = course.command(&["check", "1"]).spawn().unwrap();
        loop {
            if let Some(number) = std::fs::read_to_string(&marker).ok().and_then(|text| text.parse().ok()) {
                std::fs::remove_file(&marker).unwrap();
                return (child, number);
            }
            assert!(child.try_wait().unwrap().is_none(), "it ended before the learner's code ran");
            thread::sleep(Duration::from_millis(5));
        }
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
