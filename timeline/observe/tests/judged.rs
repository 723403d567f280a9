//! A judge's view of a test: what it gets from processes that behave in every possible way.

use std::io::{BufRead, Write};
use std::process::{Command, Output, Stdio};

use observe::{observe, Message, SealKey, JUDGE, RUN};
use pretty_assertions::assert_eq;
use timeline::{record, simulate, thread};

/// The tests that a judge observes below. Run by anyone else, they have nothing to say.
mod subject {
    use super::*;

    fn is_judged() -> bool {
        std::env::var_os(JUDGE).is_some()
    }

    #[test]
    fn says_hello() {
        observe!(simulate(|| {
            println!("printed by the tested code, without a line break at the end");
            print!("left open");
            record("Task 1", "hello\n\tworld");
        }));
    }

    #[test]
    fn panics() {
        if is_judged() {
            observe!(simulate(|| {
                record("Task 1", "started");
                let _ = std::panic::catch_unwind(|| panic!("caught"));
                panic!("not caught");
            }));
        }
    }

    #[test]
    fn deadlocks() {
        if is_judged() {
            observe!(simulate(|| {
                record("Task 1", "started");
                thread::park();
            }));
        }
    }

    #[test]
    fn exits() {
        if is_judged() {
            observe!(simulate(|| -> () { std::process::exit(0) }));
        }
    }

    #[test]
    fn looks_for_the_key() {
        if is_judged() {
            observe!({
                let mut stdin = std::io::stdin().lock();
                // Back by the line that was read: the sum wraps around, in a std that was built without checks.
                stdin.consume(33_usize.wrapping_neg());
                let mut rest = String::new();
                stdin.read_line(&mut rest).expect("standard input can be read");
                format!("{rest:?}")
            });
        }
    }
}

/// What one of the tests above tells a judge, and how its process ended.
fn judge(test: &str) -> (Vec<Message>, Output) {
    let key = SealKey::random();
    let mut process = Command::new(std::env::current_exe().expect("a test knows its own program"))
        .args([&format!("subject::{test}"), "--exact", "--no-capture", "--test-threads=2"])
        .env(JUDGE, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a test can run its own program");
    writeln!(process.stdin.take().expect("it is piped"), "{key}").expect("the process reads the key");
    let output = process.wait_with_output().expect("the process ends");
    let lines = String::from_utf8_lossy(&output.stdout);
    let messages = lines.lines().filter_map(|line| key.open(line)).collect();
    (messages, output)
}

#[test]
fn an_observation_comes_sealed_and_once() {
    let (messages, output) = judge("says_hello");
    let text = "     0 ms  Task 1  hello\\n\\tworld".into();
    assert_eq!(messages, [Message::Observed { test: "says_hello".into(), text, trace: RUN.into() }]);
    assert!(output.status.success());
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(printed.lines().any(|line| line.ends_with("left open")), "{printed}");
}

#[test]
fn a_panic_comes_with_all_that_led_to_it() {
    let (messages, output) = judge("panics");
    let [Message::Panicked { test, panics, so_far, .. }] = messages.as_slice() else {
        panic!("{messages:?}");
    };
    assert_eq!((test.as_str(), so_far.as_str()), ("panics", "     0 ms  Task 1  started"));
    assert_eq!(panics.iter().map(|panic| panic.message.as_str()).collect::<Vec<_>>(), ["caught", "not caught"]);
    assert!(panics[1].location.contains("judged.rs:"), "{panics:?}");
    assert_eq!(output.status.code(), Some(101));
    assert!(String::from_utf8_lossy(&output.stderr).contains("not caught"), "the usual message is printed too");
}

#[test]
fn a_deadlock_comes_with_its_report() {
    let (messages, output) = judge("deadlocks");
    let [Message::Deadlocked { report, so_far, trace, .. }] = messages.as_slice() else {
        panic!("{messages:?}");
    };
    assert!(report.contains("main waits for `unpark`"), "{report}");
    assert_eq!(so_far, "     0 ms  Task 1  started");
    assert_eq!(*trace, format!("{RUN}\n0  1  main  Task 1  waits  0  `unpark`"));
    assert_eq!(output.status.code(), Some(101));
}

#[test]
fn a_process_that_exits_has_said_nothing() {
    let (messages, output) = judge("exits");
    assert_eq!(messages, []);
    assert!(output.status.success());
}

#[test]
fn the_key_is_gone_before_the_experiment_begins() {
    let (messages, _) = judge("looks_for_the_key");
    assert_eq!(
        messages,
        [Message::Observed { test: "looks_for_the_key".into(), text: "\"\"".into(), trace: String::new() }]
    );
}

#[test]
#[should_panic(expected = "the test alone was built for a judge, and the variable")]
fn a_test_that_was_built_for_a_judge_fails_without_one() {
    observe::fail_without_judge("alone", "what it saw");
}
