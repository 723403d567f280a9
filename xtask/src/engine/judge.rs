//! The rules that turn what a process did into the verdict on its test. They are pure, so every rule has a test.

use super::process::{Exit, ProcessResult};
use super::verdict::Verdict;
use observe::{Message, Panic};

/// The verdict on `test`, which must observe `expected`.
pub fn judge(test: &str, expected: &str, result: &ProcessResult, messages: &[Message]) -> Verdict {
    // A panic or deadlock that was reported caused whatever ended the process afterwards.
    if let Some(verdict) = messages.iter().find_map(|message| reported_failure(test, message)) {
        return verdict;
    }
    if let Some(verdict) = abnormal_exit(result) {
        return verdict;
    }
    let mut observed = messages.iter().filter_map(|message| match message {
        Message::Observed { test: name, text, .. } if name == test => Some(text),
        _ => None,
    });
    match (observed.next(), observed.next()) {
        (Some(seen), None) if normal(seen) == normal(expected) => Verdict::Passed,
        (Some(seen), None) => Verdict::Wrong { expected: normal(expected), seen: normal(seen) },
        (Some(_), Some(_)) => Verdict::Ended { how: "the test observed more than once".into() },
        (None, _) if has_no_such_test(&result.stdout) => Verdict::Missing,
        (None, _) => Verdict::Ended { how: how(result.exit) },
    }
}

/// The verdict, if the message reports a panic or a deadlock in `test`.
fn reported_failure(test: &str, message: &Message) -> Option<Verdict> {
    let (name, panics) = match message {
        Message::Panicked { test: name, panics, .. } | Message::Deadlocked { test: name, panics, .. } => (name, panics),
        Message::Observed { .. } => return None,
    };
    if name != test {
        return None;
    }
    if panics.iter().any(is_todo) {
        return Some(Verdict::NotStarted { panics: panics.clone() });
    }
    Some(match message {
        Message::Deadlocked { report, so_far, .. } => {
            Verdict::Deadlocked { report: report.clone(), so_far: so_far.clone() }
        }
        Message::Panicked { so_far, .. } => Verdict::Panicked { panics: panics.clone(), so_far: so_far.clone() },
        Message::Observed { .. } => return None,
    })
}

/// The verdict, if the process did not end as a passing test does.
fn abnormal_exit(result: &ProcessResult) -> Option<Verdict> {
    Some(match result.exit {
        Exit::Code(0) => return None,
        Exit::Idle => Verdict::BlockedOutside,
        Exit::TooMuchOutput => Verdict::TooMuchOutput,
        Exit::TooMuchWritten => Verdict::TooMuchWritten,
        Exit::TooManyThreads => Verdict::TooManyThreads,
        Exit::Stopped => Verdict::Ended { how: how(result.exit) },
        // A process that works or waits this long is killed before that: this one got no CPU time.
        Exit::TooLong if cfg!(target_os = "linux") => {
            Verdict::Disturbed { how: "the machine was too busy to run it".into() }
        }
        Exit::TooMuchWork | Exit::TooLong | Exit::Signal(SIGXCPU) => Verdict::OutOfTime,
        Exit::LackedMemory => Verdict::Disturbed { how: "the machine ran out of memory".into() },
        // Not sent by the runner or a limit, but by the process itself, by a person, or by a system that is short of memory.
        // Running the test again shows which.
        Exit::Signal(SIGKILL) => {
            Verdict::Disturbed { how: "it was killed from outside, as happens when memory runs out".into() }
        }
        Exit::Signal(_) | Exit::Code(1.. | ..0) => {
            if result.stderr.contains("has overflowed its stack") {
                Verdict::StackOverflow
            } else if result.stderr.contains("memory allocation of") {
                Verdict::OutOfMemory
            } else {
                Verdict::Ended { how: how(result.exit) }
            }
        }
    })
}

/// The content of an insta snapshot, without its header.
pub fn snapshot_content(file: &str) -> Option<String> {
    let file = file.replace("\r\n", "\n");
    let (_header, content) = file.strip_prefix("---\n")?.split_once("\n---\n")?;
    Some(normal(content))
}

const SIGKILL: i32 = 9;
const SIGXCPU: i32 = 24;
const SIGXFSZ: i32 = 25;

/// Line endings and surrounding blank lines are ignored, as in insta.
fn normal(text: &str) -> String {
    text.replace("\r\n", "\n").trim_end().trim_start_matches('\n').to_owned()
}

/// A `todo!()` in the learner's file, in this workspace or on a stage.
fn is_todo(panic: &Panic) -> bool {
    panic.message.starts_with("not yet implemented") && panic.location.replace('\\', "/").contains("src/learner.rs:")
}

/// Only the first line counts: the harness prints it, while later lines may come from the test.
fn has_no_such_test(stdout: &str) -> bool {
    stdout.lines().find(|line| !line.is_empty()) == Some("running 0 tests")
}

fn how(exit: Exit) -> String {
    match exit {
        Exit::Code(0) => {
            "the program exited successfully before the test was over, as `std::process::exit(0)` does".into()
        }
        Exit::Code(code) => format!("the program exited with code {code} before the test was over"),
        Exit::Signal(SIGXFSZ) => "the program was stopped because it wrote too large a file".into(),
        Exit::Signal(signal) => format!("the program was terminated by signal {signal}"),
        Exit::Stopped => "the program stopped itself before the test was over, as with the signal SIGSTOP".into(),
        Exit::TooMuchWork
        | Exit::TooLong
        | Exit::TooMuchOutput
        | Exit::TooMuchWritten
        | Exit::TooManyThreads
        | Exit::LackedMemory
        | Exit::Idle => "the runner terminated the program".into(),
    }
}

/// The verdict on a program that was killed each time it ran, although the machine had enough memory.
pub fn killed_by_itself() -> Verdict {
    Verdict::Ended { how: how(Exit::Signal(SIGKILL)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(exit: Exit) -> ProcessResult {
        ProcessResult { exit, stdout: String::new(), stderr: String::new(), short_of_memory: false }
    }

    fn observed(text: &str) -> Message {
        Message::Observed { test: "t".into(), text: text.into(), trace: String::new() }
    }

    fn panicked(message: &str, location: &str) -> Message {
        let panics = vec![Panic { message: message.into(), location: location.into(), thread: "main".into() }];
        Message::Panicked { test: "t".into(), panics, so_far: String::new(), trace: String::new() }
    }

    fn verdict(exit: Exit, messages: &[Message]) -> &'static str {
        judge("t", "     0 ms  a  started", &ran(exit), messages).name()
    }

    #[test]
    fn equal_once_and_success_passes() {
        assert_eq!(verdict(Exit::Code(0), &[observed("     0 ms  a  started\n")]), "passed");
    }

    #[test]
    fn anything_less_does_not_pass() {
        let right = || observed("     0 ms  a  started");
        assert_eq!(verdict(Exit::Code(0), &[]), "ended-early");
        assert_eq!(verdict(Exit::Code(0), &[right(), right()]), "ended-early");
        assert_eq!(verdict(Exit::Code(101), &[right()]), "ended-early");
        assert_eq!(verdict(Exit::Signal(6), &[right()]), "ended-early");
        assert_eq!(verdict(Exit::Code(0), &[observed("     1 ms  a  started")]), "wrong");
        let of_another =
            Message::Observed { test: "u".into(), text: "     0 ms  a  started".into(), trace: String::new() };
        assert_eq!(verdict(Exit::Code(0), &[of_another]), "ended-early");
    }

    #[test]
    fn leading_spaces_of_the_first_line_count() {
        assert_eq!(verdict(Exit::Code(0), &[observed("0 ms  a  started")]), "wrong");
    }

    #[test]
    fn a_todo_in_the_learners_file_is_not_started_and_elsewhere_a_panic() {
        let words = "not yet implemented: sleep, then record";
        assert_eq!(verdict(Exit::Code(101), &[panicked(words, "quest-01-a/src/learner.rs:3:5")]), "not-started");
        assert_eq!(verdict(Exit::Code(101), &[panicked(words, r"quest-01-a\src\learner.rs:3:5")]), "not-started");
        assert_eq!(verdict(Exit::Code(101), &[panicked(words, "quest-01-a/tests/quest.rs:3:5")]), "panicked");
        assert_eq!(verdict(Exit::Code(101), &[panicked("no", "quest-01-a/src/learner.rs:3:5")]), "panicked");
    }

    #[test]
    fn what_was_reported_goes_before_how_the_process_ended() {
        assert_eq!(verdict(Exit::Idle, &[panicked("no", "a.rs:1:1")]), "panicked");
    }

    #[test]
    fn every_exit_has_its_verdict() {
        assert_eq!(verdict(Exit::Signal(24), &[]), "out-of-time");
        assert_eq!(verdict(Exit::TooMuchWork, &[]), "out-of-time");
        assert_eq!(verdict(Exit::Stopped, &[]), "ended-early");
        assert_eq!(verdict(Exit::Signal(9), &[]), "disturbed");
        assert_eq!(verdict(Exit::TooLong, &[]), if cfg!(target_os = "linux") { "disturbed" } else { "out-of-time" });
        assert_eq!(verdict(Exit::Idle, &[]), "blocked-outside-virtual-time");
        assert_eq!(verdict(Exit::TooMuchOutput, &[]), "too-much-output");
        assert_eq!(verdict(Exit::Signal(11), &[]), "ended-early");
        assert_eq!(verdict(Exit::TooMuchWritten, &[]), "too-much-written");
        assert_eq!(verdict(Exit::TooManyThreads, &[]), "too-many-threads");
        assert_eq!(verdict(Exit::LackedMemory, &[]), "disturbed");
        assert_eq!(verdict(Exit::Code(7), &[]), "ended-early");
    }

    #[test]
    fn the_runtimes_last_line_says_why_it_aborted() {
        let aborted =
            |stderr: &str| judge("t", "", &ProcessResult { stderr: stderr.into(), ..ran(Exit::Signal(6)) }, &[]).name();
        assert_eq!(aborted("\nthread 't' (7) has overflowed its stack\nfatal runtime error\n"), "stack-overflow");
        assert_eq!(aborted("memory allocation of 4294967296 bytes failed\n"), "out-of-memory");
    }

    #[test]
    fn a_test_that_is_not_there_is_missing() {
        let name = |stdout: &str| {
            let ran = ProcessResult { stdout: stdout.into(), ..ran(Exit::Code(0)) };
            judge("t", "", &ran, &[]).name()
        };
        assert_eq!(name("\nrunning 0 tests\n\n"), "missing");
        assert_eq!(name("\nrunning 1 test\n\nrunning 0 tests\n\n"), "ended-early", "it was printed by the test");
    }

    #[test]
    fn a_snapshot_is_what_follows_the_header() {
        let file = "---\nsource: quest-01-a/tests/quest.rs\nexpression: \"---\"\n---\n     0 ms  a  started\n  3000 ms  a  finished\n";
        assert_eq!(snapshot_content(file).unwrap(), "     0 ms  a  started\n  3000 ms  a  finished");
        assert_eq!(snapshot_content(&file.replace('\n', "\r\n")).unwrap(), snapshot_content(file).unwrap());
        assert_eq!(snapshot_content("---\nsource: x\n---\n").unwrap(), "");
        assert_eq!(snapshot_content("no header"), None);
    }
}
