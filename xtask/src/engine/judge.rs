//! The rules: from what a process did to the verdict on its test. Pure, so that every rule has a test.

use super::process::{Ending, Ran};
use super::verdict::Verdict;
use observe::{Message, Panic};
use timeline::TraceEvent;

/// What the process said, taken apart.
#[derive(Debug, Default)]
pub struct Said {
    /// The sealed messages.
    pub messages: Vec<Message>,
    /// What the learner's code printed.
    pub output: String,
}

/// Takes a process's output apart; `open` opens a sealed line.
pub fn take_apart(ran: &Ran, test: &str, open: impl Fn(&str) -> Option<Message>) -> Said {
    let mut said = Said::default();
    for line in ran.stdout.lines() {
        if let Some(message) = open(line) {
            said.messages.push(message);
        } else if !is_libtests(line, test) {
            said.output.push_str(line);
            said.output.push('\n');
        }
    }
    said.output.push_str(&without_told_panics(&ran.stderr, &said.messages));
    said.output = said.output.trim_matches('\n').to_owned();
    said
}

/// The verdict on `test`, which must observe `expected`.
pub fn judge(test: &str, expected: &str, ran: &Ran, messages: &[Message]) -> Verdict {
    // A panic or a deadlock that was told is the cause of whatever ended the process after it.
    for message in messages {
        match message {
            Message::Panicked { test: name, panics, so_far, .. } if name == test => {
                let panics = panics.clone();
                return if panics.iter().any(is_todo) {
                    Verdict::NotStarted { panics }
                } else {
                    Verdict::Panicked { panics, so_far: so_far.clone() }
                };
            }
            Message::Deadlocked { test: name, panics, report, so_far, .. } if name == test => {
                return if panics.iter().any(is_todo) {
                    Verdict::NotStarted { panics: panics.clone() }
                } else {
                    Verdict::Deadlocked { report: report.clone(), so_far: so_far.clone() }
                };
            }
            _ => {}
        }
    }
    match ran.ending {
        Ending::Quiet => return Verdict::BlockedOutside,
        Ending::TooMuchOutput => return Verdict::TooMuchOutput,
        Ending::TooMuchWritten => return Verdict::TooMuchWritten,
        Ending::TooManyThreads => return Verdict::TooManyThreads,
        Ending::Stopped => return Verdict::Ended { how: how(ran.ending) },
        // A process that works or waits for so long has been ended for that before: it was given no time.
        Ending::TooLong if cfg!(target_os = "linux") => {
            return Verdict::Disturbed { how: "the machine was too busy to let it work".into() };
        }
        Ending::TooMuchWork | Ending::TooLong | Ending::Signal(SIGXCPU) => return Verdict::OutOfTime,
        // Not by the runner, and not by a limit: by itself, by a person, or by a system that is short of memory. Who runs it again
        // finds out.
        Ending::Signal(SIGKILL) => {
            return Verdict::Disturbed {
                how: "it was killed from outside, as by a system that is out of memory".into(),
            };
        }
        Ending::Signal(_) | Ending::Exited(1.. | ..0) => {
            if ran.stderr.contains("has overflowed its stack") {
                return Verdict::StackOverflow;
            }
            if ran.stderr.contains("memory allocation of") {
                return Verdict::OutOfMemory;
            }
            return Verdict::Ended { how: how(ran.ending) };
        }
        Ending::Exited(0) => {}
    }
    let mut observed = messages.iter().filter_map(|message| match message {
        Message::Observed { test: name, text, .. } if name == test => Some(text),
        _ => None,
    });
    match (observed.next(), observed.next()) {
        (Some(seen), None) if normal(seen) == normal(expected) => Verdict::Passed,
        (Some(seen), None) => Verdict::Wrong { expected: normal(expected), seen: normal(seen) },
        (Some(_), Some(_)) => Verdict::Ended { how: "the test observed more than once".into() },
        (None, _) if has_no_such_test(&ran.stdout) => Verdict::Missing,
        (None, _) => Verdict::Ended { how: how(ran.ending) },
    }
}

/// What the clock noted in `test`, a list for each simulation. No verdict depends on it.
pub fn notes(test: &str, messages: &[Message]) -> Vec<Vec<TraceEvent>> {
    let told = messages.iter().find_map(|message| match message {
        Message::Observed { test: name, trace, .. }
        | Message::Panicked { test: name, trace, .. }
        | Message::Deadlocked { test: name, trace, .. } => (name == test).then_some(trace),
    });
    told.map(|notes| notes_by_run(notes)).unwrap_or_default()
}

/// Notes as [`observe`] writes them, a list for each simulation. What is no note is left out.
pub fn notes_by_run(text: &str) -> Vec<Vec<TraceEvent>> {
    let mut runs: Vec<Vec<TraceEvent>> = Vec::new();
    for line in text.lines() {
        if line == observe::RUN {
            runs.push(Vec::new());
        } else if let (Some(run), Ok(note)) = (runs.last_mut(), line.parse()) {
            run.push(note);
        }
    }
    runs
}

/// The content of an insta snapshot: what follows its header.
pub fn snapshot_content(file: &str) -> Option<String> {
    let file = file.replace("\r\n", "\n");
    let (_header, content) = file.strip_prefix("---\n")?.split_once("\n---\n")?;
    Some(normal(content))
}

const SIGKILL: i32 = 9;
const SIGXCPU: i32 = 24;
const SIGXFSZ: i32 = 25;

/// Line ends and blank ends do not count, as in insta.
fn normal(text: &str) -> String {
    text.replace("\r\n", "\n").trim_end().trim_start_matches('\n').to_owned()
}

/// A `todo!()` in the learner's file, in this workspace or in a stage.
fn is_todo(panic: &Panic) -> bool {
    panic.message.starts_with("not yet implemented") && panic.location.replace('\\', "/").contains("src/learner.rs:")
}

/// The harness says so before anything else; later, anyone could.
fn has_no_such_test(stdout: &str) -> bool {
    stdout.lines().find(|line| !line.is_empty()) == Some("running 0 tests")
}

fn how(ending: Ending) -> String {
    match ending {
        Ending::Exited(0) => {
            "the program ended with success before the test was over, as by `std::process::exit(0)`".into()
        }
        Ending::Exited(code) => format!("the program ended with exit code {code} before the test was over"),
        Ending::Signal(SIGXFSZ) => "the program was ended because it wrote a file that is too large".into(),
        Ending::Signal(signal) => format!("the program was ended by signal {signal}"),
        Ending::Stopped => "the program stopped itself before the test was over, as by the signal SIGSTOP".into(),
        Ending::TooMuchWork
        | Ending::TooLong
        | Ending::TooMuchOutput
        | Ending::TooMuchWritten
        | Ending::TooManyThreads
        | Ending::Quiet => "the runner ended the program".into(),
    }
}

/// What became of a program that was killed each time it ran, while the machine had memory enough.
pub fn killed_by_itself() -> Verdict {
    Verdict::Ended { how: how(Ending::Signal(SIGKILL)) }
}

/// `stderr` without what Rust prints for panics that the report tells anyway.
fn without_told_panics(stderr: &str, messages: &[Message]) -> String {
    let told = messages.iter().flat_map(|message| match message {
        Message::Panicked { panics, .. } | Message::Deadlocked { panics, .. } => panics.as_slice(),
        Message::Observed { .. } => &[],
    });
    let mut rest = stderr.replace("\r\n", "\n");
    for panic in told {
        let words = format!(" panicked at {}:\n{}\n", panic.location, panic.message);
        if let Some(found) = rest.find(&words) {
            let start = rest[..found].rfind('\n').unwrap_or(0);
            rest.replace_range(start..found + words.len(), "\n");
        }
    }
    rest.lines()
        .filter(|line| !line.starts_with("note: run with `RUST_BACKTRACE=1`"))
        .fold(String::new(), |text, line| text + &without_thread_number(line) + "\n")
}

/// `thread 'main' (4711) panicked at …`, or `has overflowed its stack`, without the number: it is another one each time.
fn without_thread_number(line: &str) -> String {
    let number = line.strip_prefix("thread '").and_then(|rest| {
        let (_, after) = rest.split_once("' (")?;
        let (number, _) = after.split_once(')')?;
        number.bytes().all(|byte| byte.is_ascii_digit()).then(|| format!(" ({number})"))
    });
    number.map_or_else(|| line.to_owned(), |number| line.replacen(&number, "", 1))
}

/// Lines of the test harness around the one test of a process.
fn is_libtests(line: &str, test: &str) -> bool {
    line.is_empty()
        || line == "running 1 test"
        || line == "running 0 tests"
        || line == "failures:"
        || line == "successes:"
        || line.strip_prefix("    ") == Some(test)
        || line.starts_with("test result: ")
        || line
            .strip_prefix("test ")
            .is_some_and(|rest| rest.starts_with(test) && rest[test.len()..].starts_with(" ... "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use observe::RUN;

    fn ran(ending: Ending) -> Ran {
        Ran { ending, stdout: String::new(), stderr: String::new(), short_of_memory: false }
    }

    fn observed(text: &str) -> Message {
        Message::Observed { test: "t".into(), text: text.into(), trace: String::new() }
    }

    fn panicked(message: &str, location: &str) -> Message {
        let panics = vec![Panic { message: message.into(), location: location.into(), thread: "main".into() }];
        Message::Panicked { test: "t".into(), panics, so_far: String::new(), trace: String::new() }
    }

    fn verdict(ending: Ending, messages: &[Message]) -> &'static str {
        judge("t", "     0 ms  a  started", &ran(ending), messages).name()
    }

    #[test]
    fn equal_once_and_success_passes() {
        assert_eq!(verdict(Ending::Exited(0), &[observed("     0 ms  a  started\n")]), "passed");
    }

    #[test]
    fn anything_less_does_not_pass() {
        let right = || observed("     0 ms  a  started");
        assert_eq!(verdict(Ending::Exited(0), &[]), "ended-early");
        assert_eq!(verdict(Ending::Exited(0), &[right(), right()]), "ended-early");
        assert_eq!(verdict(Ending::Exited(101), &[right()]), "ended-early");
        assert_eq!(verdict(Ending::Signal(6), &[right()]), "ended-early");
        assert_eq!(verdict(Ending::Exited(0), &[observed("     1 ms  a  started")]), "wrong");
        let of_another =
            Message::Observed { test: "u".into(), text: "     0 ms  a  started".into(), trace: String::new() };
        assert_eq!(verdict(Ending::Exited(0), &[of_another]), "ended-early");
    }

    #[test]
    fn notes_come_by_simulation_and_what_is_none_is_left_out() {
        let notes_of = |notes: &str| {
            let message = Message::Observed { test: "t".into(), text: String::new(), trace: notes.into() };
            super::notes("t", &[message]).iter().map(Vec::len).collect::<Vec<_>>()
        };
        let note = "0  1  main  \\e  runs  0  \\e";
        assert_eq!(notes_of(&format!("{RUN}\n{RUN}\n{note}\n{note}\nnonsense")), [0, 2]);
        assert_eq!(notes_of(""), [0; 0]);
        assert_eq!(super::notes("t", &[panicked("no", "a.rs:1:1")]).len(), 0);
    }

    #[test]
    fn leading_spaces_of_the_first_line_count() {
        assert_eq!(verdict(Ending::Exited(0), &[observed("0 ms  a  started")]), "wrong");
    }

    #[test]
    fn a_todo_in_the_learners_file_is_not_started_and_elsewhere_a_panic() {
        let words = "not yet implemented: sleep, then record";
        assert_eq!(verdict(Ending::Exited(101), &[panicked(words, "quest-01-a/src/learner.rs:3:5")]), "not-started");
        assert_eq!(verdict(Ending::Exited(101), &[panicked(words, r"quest-01-a\src\learner.rs:3:5")]), "not-started");
        assert_eq!(verdict(Ending::Exited(101), &[panicked(words, "quest-01-a/tests/quest.rs:3:5")]), "panicked");
        assert_eq!(verdict(Ending::Exited(101), &[panicked("no", "quest-01-a/src/learner.rs:3:5")]), "panicked");
    }

    #[test]
    fn what_was_told_goes_before_how_the_process_ended() {
        assert_eq!(verdict(Ending::Quiet, &[panicked("no", "a.rs:1:1")]), "panicked");
    }

    #[test]
    fn every_way_to_be_ended_has_its_verdict() {
        assert_eq!(verdict(Ending::Signal(24), &[]), "out-of-time");
        assert_eq!(verdict(Ending::TooMuchWork, &[]), "out-of-time");
        assert_eq!(verdict(Ending::Stopped, &[]), "ended-early");
        assert_eq!(verdict(Ending::Signal(9), &[]), "disturbed");
        assert_eq!(verdict(Ending::TooLong, &[]), if cfg!(target_os = "linux") { "disturbed" } else { "out-of-time" });
        assert_eq!(verdict(Ending::Quiet, &[]), "blocked-outside-virtual-time");
        assert_eq!(verdict(Ending::TooMuchOutput, &[]), "too-much-output");
        assert_eq!(verdict(Ending::Signal(11), &[]), "ended-early");
        assert_eq!(verdict(Ending::TooMuchWritten, &[]), "too-much-written");
        assert_eq!(verdict(Ending::TooManyThreads, &[]), "too-many-threads");
        assert_eq!(verdict(Ending::Exited(7), &[]), "ended-early");
    }

    #[test]
    fn the_runtimes_last_words_tell_why_it_aborted() {
        let aborted =
            |stderr: &str| judge("t", "", &Ran { stderr: stderr.into(), ..ran(Ending::Signal(6)) }, &[]).name();
        assert_eq!(aborted("\nthread 't' (7) has overflowed its stack\nfatal runtime error\n"), "stack-overflow");
        assert_eq!(aborted("memory allocation of 4294967296 bytes failed\n"), "out-of-memory");
    }

    #[test]
    fn a_test_that_is_not_there_is_missing() {
        let name = |stdout: &str| {
            let ran = Ran { stdout: stdout.into(), ..ran(Ending::Exited(0)) };
            judge("t", "", &ran, &[]).name()
        };
        assert_eq!(name("\nrunning 0 tests\n\n"), "missing");
        assert_eq!(name("\nrunning 1 test\n\nrunning 0 tests\n\n"), "ended-early", "it was printed by the test");
    }

    #[test]
    fn the_harness_lines_are_no_output_of_the_learners() {
        let stdout = "\nrunning 1 test\nhello\nsealed\n    12 ms  a  b\ntest t ... ok\n\ntest result: ok. 1 passed\n\n"
            .to_owned();
        let ran = Ran { stdout, stderr: "[learner.rs:1:1] x = 1\n".into(), ..ran(Ending::Exited(0)) };
        let said = take_apart(&ran, "t", |line| (line == "sealed").then(|| observed("x")));
        assert_eq!(said.output, "hello\n    12 ms  a  b\n[learner.rs:1:1] x = 1");
        assert_eq!(said.messages.len(), 1);
    }

    #[test]
    fn a_panic_that_is_told_is_no_output_and_others_are() {
        let words = |place: &str| format!("\nthread 't' (7) panicked at {place}:\nno\nwords\n");
        let stderr = format!(
            "before\n{}note: run with `RUST_BACKTRACE=1` environment variable\n{}after\n",
            words("a.rs:1:1"),
            words("b.rs:2:2")
        );
        let left = without_told_panics(&stderr, &[panicked("no\nwords", "a.rs:1:1")]);
        assert_eq!(left, format!("before\n\n{}after\n", words("b.rs:2:2").replace(" (7)", "")));
    }

    #[test]
    fn the_number_of_a_thread_is_left_out_wherever_rust_prints_it() {
        let left = |line: &str| without_told_panics(line, &[]);
        assert_eq!(left("thread 'a' (42) panicked at b.rs:1:1:"), "thread 'a' panicked at b.rs:1:1:\n");
        assert_eq!(left("thread 'a (1)' (42) has overflowed its stack"), "thread 'a (1)' has overflowed its stack\n");
        assert_eq!(left("thread 'a' sleeps (42)"), "thread 'a' sleeps (42)\n");
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
