//! Takes apart what a test process printed: sealed messages, the test harness's lines, and the learner's own output.

use super::process::ProcessResult;
use observe::Message;
use timeline::TraceEvent;

/// What the process printed, taken apart.
#[derive(Debug, Default)]
pub struct ProcessOutput {
    /// The sealed messages.
    pub messages: Vec<Message>,
    /// What the learner's code printed.
    pub output: String,
}

/// Takes a process's output apart; `open` opens a sealed line.
pub fn take_apart(ran: &ProcessResult, test: &str, open: impl Fn(&str) -> Option<Message>) -> ProcessOutput {
    let mut printed = ProcessOutput::default();
    for line in ran.stdout.lines() {
        if let Some(message) = open(line) {
            printed.messages.push(message);
        } else if !is_libtests(line, test) {
            printed.output.push_str(line);
            printed.output.push('\n');
        }
    }
    printed.output.push_str(&without_reported_panics(&ran.stderr, &printed.messages));
    printed.output = printed.output.trim_matches('\n').to_owned();
    printed
}

/// What the clock noted in `test`, one list for each simulation. No verdict depends on it.
pub fn traces(test: &str, messages: &[Message]) -> Vec<Vec<TraceEvent>> {
    let trace = messages.iter().find_map(|message| match message {
        Message::Observed { test: name, trace, .. }
        | Message::Panicked { test: name, trace, .. }
        | Message::Deadlocked { test: name, trace, .. } => (name == test).then_some(trace),
    });
    trace.map(|trace| traces_by_run(trace)).unwrap_or_default()
}

/// Parses traces as [`observe`] writes them, one list for each simulation. Anything else is ignored.
pub fn traces_by_run(text: &str) -> Vec<Vec<TraceEvent>> {
    let mut runs: Vec<Vec<TraceEvent>> = Vec::new();
    for line in text.lines() {
        if line == observe::RUN {
            runs.push(Vec::new());
        } else if let (Some(run), Ok(event)) = (runs.last_mut(), line.parse()) {
            run.push(event);
        }
    }
    runs
}

/// `stderr` without what Rust prints for panics that are in the report anyway.
fn without_reported_panics(stderr: &str, messages: &[Message]) -> String {
    let reported = messages.iter().flat_map(|message| match message {
        Message::Panicked { panics, .. } | Message::Deadlocked { panics, .. } => panics.as_slice(),
        Message::Observed { .. } => &[],
    });
    let mut rest = stderr.replace("\r\n", "\n");
    for panic in reported {
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

/// `thread 'main' (4711) panicked at …`, or `has overflowed its stack`, without the number, which changes from run to run.
fn without_thread_number(line: &str) -> String {
    let number = line.strip_prefix("thread '").and_then(|rest| {
        let (_, after) = rest.split_once("' (")?;
        let (number, _) = after.split_once(')')?;
        number.bytes().all(|byte| byte.is_ascii_digit()).then(|| format!(" ({number})"))
    });
    number.map_or_else(|| line.to_owned(), |number| line.replacen(&number, "", 1))
}

/// Lines that the test harness prints around the process's only test.
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
    use crate::engine::process::Exit;
    use observe::{Panic, RUN};

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

    #[test]
    fn traces_are_split_by_simulation_and_other_lines_are_skipped() {
        let trace_of_run = |traces: &str| {
            let message = Message::Observed { test: "t".into(), text: String::new(), trace: traces.into() };
            super::traces("t", &[message]).iter().map(Vec::len).collect::<Vec<_>>()
        };
        let note = "0  1  main  \\e  runs  0  \\e";
        assert_eq!(trace_of_run(&format!("{RUN}\n{RUN}\n{note}\n{note}\nnonsense")), [0, 2]);
        assert_eq!(trace_of_run(""), [0; 0]);
        assert_eq!(super::traces("t", &[panicked("no", "a.rs:1:1")]).len(), 0);
    }

    #[test]
    fn the_harness_lines_are_left_out_of_the_output() {
        let stdout = "\nrunning 1 test\nhello\nsealed\n    12 ms  a  b\ntest t ... ok\n\ntest result: ok. 1 passed\n\n"
            .to_owned();
        let ran = ProcessResult { stdout, stderr: "[learner.rs:1:1] x = 1\n".into(), ..ran(Exit::Code(0)) };
        let printed = take_apart(&ran, "t", |line| (line == "sealed").then(|| observed("x")));
        assert_eq!(printed.output, "hello\n    12 ms  a  b\n[learner.rs:1:1] x = 1");
        assert_eq!(printed.messages.len(), 1);
    }

    #[test]
    fn a_reported_panic_is_left_out_of_the_output_and_others_are_not() {
        let words = |place: &str| format!("\nthread 't' (7) panicked at {place}:\nno\nwords\n");
        let stderr = format!(
            "before\n{}note: run with `RUST_BACKTRACE=1` environment variable\n{}after\n",
            words("a.rs:1:1"),
            words("b.rs:2:2")
        );
        let left = without_reported_panics(&stderr, &[panicked("no\nwords", "a.rs:1:1")]);
        assert_eq!(left, format!("before\n\n{}after\n", words("b.rs:2:2").replace(" (7)", "")));
    }

    #[test]
    fn the_number_of_a_thread_is_left_out_wherever_rust_prints_it() {
        let left = |line: &str| without_reported_panics(line, &[]);
        assert_eq!(left("thread 'a' (42) panicked at b.rs:1:1:"), "thread 'a' panicked at b.rs:1:1:\n");
        assert_eq!(left("thread 'a (1)' (42) has overflowed its stack"), "thread 'a (1)' has overflowed its stack\n");
        assert_eq!(left("thread 'a' sleeps (42)"), "thread 'a' sleeps (42)\n");
    }
}
