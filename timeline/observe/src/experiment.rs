//! Running one experiment, for insta or for a judge.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::sync::OnceLock;

use crate::message::Message;
use crate::panics;
use crate::seal::SealKey;

/// The environment variable by which a judge makes itself known. Its value does not matter.
pub const JUDGE: &str = "OBSERVE";

/// The environment variable that draws the scenario of a quest: a whole number.
pub const SEED: &str = "QUEST_SEED";

/// The line before the trace of each simulation.
pub const RUN: &str = "simulation";

/// The seed from which a quest's scenario is drawn: what [`SEED`] says, else zero.
///
/// # Panics
///
/// When [`SEED`] is set to something else than a whole number.
#[must_use]
pub fn seed() -> u64 {
    std::env::var(SEED).map_or(0, |seed| seed.parse().expect("QUEST_SEED is a whole number"))
}

/// Runs an experiment. Returns its text for the caller to compare, or nothing when a judge has got it.
///
/// # Panics
///
/// With the experiment's own panic, after the judge has been told of it; and when a judge gives no key.
pub fn observe<T: Display>(test: &str, experiment: impl FnOnce() -> T) -> Option<String> {
    observe_text(test, Box::new(|| experiment().to_string()))
}

/// The same for every experiment: otherwise each test would compile it anew.
fn observe_text(test: &str, experiment: Box<dyn FnOnce() -> String + '_>) -> Option<String> {
    let Some(key) = key() else {
        return Some(experiment());
    };
    panics::listen();
    // What an earlier experiment of this thread has left is not this one's.
    let _ = timeline::take_traces();
    match catch_unwind(AssertUnwindSafe(experiment)) {
        Ok(observation) => send(key, &Message::Observed { test: test.to_owned(), text: observation, trace: trace() }),
        Err(payload) => {
            send(key, &interruption(test));
            resume_unwind(payload);
        }
    }
    None
}

/// The name of the function in which `here` is declared, without its modules.
///
/// ```
/// fn a_test() -> &'static str {
///     fn here() {}
///     observe::test_name(&here)
/// }
/// assert_eq!(a_test(), "a_test");
/// ```
#[must_use]
pub fn test_name<F>(_here: &F) -> &'static str {
    let path = std::any::type_name::<F>();
    let function = path.strip_suffix("::here").unwrap_or(path);
    let function = function.trim_end_matches("::{{closure}}");
    function.rsplit("::").next().unwrap_or(function)
}

/// Fails a test that was built for a judge, and runs without one.
///
/// # Panics
///
/// Always.
#[doc(hidden)]
pub fn fail_without_judge(test: &str, observed: &str) {
    panic!("the test {test} was built for a judge, and the variable {JUDGE} is not set. It observed:\n{observed}");
}

/// The judge's key. It is read once, before any experiment of this process begins.
fn key() -> Option<&'static SealKey> {
    static KEY: OnceLock<Option<SealKey>> = OnceLock::new();
    let read = || {
        std::env::var_os(JUDGE)?;
        let mut line = String::new();
        let stdin = unbuffered_stdin().expect("a judge opens standard input");
        // Its buffer is gone afterwards.
        BufReader::new(stdin).read_line(&mut line).expect("a judge writes the key to standard input");
        Some(line.trim_end().parse().expect("a judge writes the key as 32 hexadecimal digits"))
    };
    KEY.get_or_init(read).as_ref()
}

/// Standard input without the buffer that std keeps: what has been read stays in there, and code that shares the
/// process finds it again by `consume`, whose sum wraps around.
fn unbuffered_stdin() -> io::Result<File> {
    #[cfg(unix)]
    let stdin = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned();
    #[cfg(windows)]
    let stdin = std::os::windows::io::AsHandle::as_handle(&io::stdin()).try_clone_to_owned();
    stdin.map(File::from)
}

fn interruption(test: &str) -> Message {
    let test = test.to_owned();
    let panics = panics::heard();
    let interrupted = timeline::interrupted();
    let so_far = interrupted.as_ref().map(|interrupted| interrupted.timeline.to_string()).unwrap_or_default();
    match interrupted.and_then(|interrupted| interrupted.deadlock) {
        Some(deadlock) => Message::Deadlocked { test, panics, report: deadlock.to_string(), so_far, trace: trace() },
        None => Message::Panicked { test, panics, so_far, trace: trace() },
    }
}

/// The trace of all simulations of this experiment.
fn trace() -> String {
    let of_run = |trace: &Vec<timeline::TraceEvent>| {
        let lines = trace.iter().map(ToString::to_string);
        [RUN.to_owned()].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
    };
    timeline::take_traces().iter().map(of_run).collect::<Vec<_>>().join("\n")
}

fn send(key: &SealKey, message: &Message) {
    // Not `println!`, which the test harness may capture. The line break before it ends what tested code has left open.
    let line = format!("\n{}\n", key.seal(message));
    let mut stdout = io::stdout().lock();
    // When the judge does not listen any more, it has decided already.
    let _ = stdout.write_all(line.as_bytes()).and_then(|()| stdout.flush());
}
