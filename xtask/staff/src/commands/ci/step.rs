//! Runs cargo, and counts passed and failed tests.

use crate::commands::verify::Tally;
use anyhow::Context as _;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::Stdio;
use std::sync::mpsc::{self, Sender};
use std::thread;
use xtask::engine::{cargo, launcher, process_group};

/// A call of cargo.
#[derive(Debug)]
pub struct CiStep {
    pub title: String,
    arguments: Vec<String>,
    variable: Option<(&'static str, &'static str)>,
}

/// The result of a step.
#[derive(Debug)]
pub struct StepResult {
    pub tally: Tally,
    /// Everything that cargo printed.
    pub output: String,
}

impl CiStep {
    pub fn new(title: &str, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        Self { title: title.to_owned(), arguments, variable: None }
    }

    /// Further arguments.
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self
    }

    /// A variable for the environment.
    pub fn variable(mut self, name: &'static str, value: &'static str) -> Self {
        self.variable = Some((name, value));
        self
    }

    /// Calls cargo in `root`.
    pub fn run(&self, root: &Path) -> anyhow::Result<StepResult> {
        let mut command = launcher::guarded(&launcher::NONE, cargo::program(), root)?;
        cargo::clean_environment(&mut command);
        command.env_remove("CARGO_TARGET_DIR").env("CARGO_TERM_COLOR", "never").envs(self.variable);
        command.args(&self.arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut group = process_group::spawn(&mut command).with_context(cargo::not_started)?;
        let (sender, lines) = mpsc::channel();
        read(group.child.stdout.take().expect("the stream was piped"), sender.clone());
        read(group.child.stderr.take().expect("the stream was piped"), sender);
        let mut output: String = lines.into_iter().collect();
        let status = group.wait().context("could not wait for cargo")?;
        if let Some(advice) = missing_component(&output) {
            output.push_str(&advice);
        }
        Ok(StepResult { tally: tally(&output, status.success()), output })
    }
}

/// Sends on every line of `stream`.
fn read(stream: impl Read + Send + 'static, lines: Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n') {
            let Ok(line) = line else { return };
            if lines.send(format!("{}\n", String::from_utf8_lossy(&line))).is_err() {
                return;
            }
        }
    });
}

/// The sum of the test harness's results. A step without tests counts as one, and so does a failure outside of tests.
fn tally(output: &str, success: bool) -> Tally {
    let mut tally = Tally::default();
    for result in output.lines().filter_map(|line| line.trim().strip_prefix("test result: ")) {
        let count = |what: &str| -> usize {
            let before = result.split(what).next().unwrap_or_default();
            before.trim_end().rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
        };
        tally.add(Tally { passed: count("passed;"), failed: count("failed;") });
    }
    if success && tally.passed == 0 {
        tally.passed = 1;
    }
    if !success && tally.failed == 0 {
        tally.failed = 1;
    }
    tally
}

/// Not every toolchain has every component.
fn missing_component(output: &str) -> Option<String> {
    let component = [("fmt", "rustfmt"), ("clippy", "clippy")].into_iter().find(|(command, _)| {
        output.contains(&format!("no such command: `{command}`"))
            || output.contains(&format!("'cargo-{command}' is not installed"))
    })?;
    Some(format!("This toolchain lacks {0}. Install it with: rustup component add {0}\n", component.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "
running 2 tests
test a ... ok
test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";

    #[test]
    fn results_are_summed() {
        assert_eq!(tally(OUTPUT, false), Tally { passed: 15, failed: 2 });
    }

    #[test]
    fn a_step_without_tests_counts_as_one() {
        assert_eq!(tally("", true), Tally { passed: 1, failed: 0 });
        assert_eq!(tally("error: no", false), Tally { passed: 0, failed: 1 });
    }

    #[test]
    fn a_failure_outside_of_the_tests_is_a_failure() {
        assert_eq!(tally("test result: ok. 1 passed; 0 failed; 0 ignored", false), Tally { passed: 1, failed: 1 });
    }

    #[test]
    fn a_missing_component_is_named_with_its_remedy() {
        let with_rustup = "error: 'cargo-clippy' is not installed for the toolchain 'stable'";
        assert!(missing_component(with_rustup).unwrap().contains("rustup component add clippy"));
        let without = "error: no such command: `fmt`";
        assert!(missing_component(without).unwrap().contains("rustup component add rustfmt"));
        assert_eq!(missing_component("error: no"), None);
    }
}
