//! One process from start to end: fed, watched, and killed with everything it started.
//!
//! [`capture`] reads its output, [`supervisor`] decides when it must be killed, [`exit`] says how it ended.

mod capture;
mod exit;
mod folder_size;
mod supervisor;

pub use exit::Exit;
pub use supervisor::RunLimits;

use super::memory::{self, MemoryWatch};
use super::process_group;
use capture::Capture;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Instant;
use supervisor::{SAMPLE_INTERVAL, Supervisor};

/// What became of a process.
#[derive(Debug)]
pub struct ProcessResult {
    pub exit: Exit,
    pub stdout: String,
    pub stderr: String,
    /// Whether the machine was short of memory meanwhile.
    pub short_of_memory: bool,
}

/// Runs `command` (from [`super::launcher::limited`], so that it leads a process group) to its end with `input` as its standard input.
pub fn run(mut command: Command, input: &[u8], limits: &RunLimits) -> std::io::Result<ProcessResult> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut memory = MemoryWatch::start();
    let mut group = process_group::spawn(&mut command)?;
    if let Some(mut stdin) = group.child.stdin.take() {
        // A process that ended before reading shows it by its exit code.
        let _ = stdin.write_all(input);
    }
    let mut capture = Capture::start(&mut group.child, limits.output);
    let mut supervisor = Supervisor::new(group.child.id(), limits);
    let mut next_sample = Instant::now() + SAMPLE_INTERVAL;
    let mut killed = None;
    let status = loop {
        if capture.receive(next_sample) && killed.is_none() {
            killed = Some(Exit::TooMuchOutput);
            group.kill();
        }
        let is_due = Instant::now() >= next_sample;
        if !is_due && !capture.is_closed() {
            continue;
        }
        if let Some(status) = group.child.try_wait()? {
            break status;
        }
        if is_due {
            let is_used_up = memory.sample();
            if killed.is_none() {
                let is_greedy = is_used_up && memory::holds_much(group.child.id());
                killed = if is_greedy { Some(Exit::LackedMemory) } else { supervisor.sample() };
                if killed.is_some() {
                    group.kill();
                }
            }
            next_sample = Instant::now() + SAMPLE_INTERVAL;
        }
    };
    // What the process started and left behind holds its pipes open: end it before reading to the end.
    group.kill();
    capture.drain();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(ProcessResult {
        exit: killed.unwrap_or_else(|| status.into()),
        stdout: text(capture.stdout),
        stderr: text(capture.stderr),
        short_of_memory: memory.was_short(),
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::engine::judge::judge;
    use std::os::unix::process::CommandExt as _;
    use std::time::Duration;

    /// What becomes of a shell that runs this.
    fn run_script(script: &str) -> ProcessResult {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]).process_group(0);
        let temporary = std::env::temp_dir();
        let limits =
            RunLimits { wall: Duration::from_secs(300), output: 1 << 20, folder: None, measure_in: &temporary };
        run(command, b"", &limits).unwrap()
    }

    fn verdict(result: &ProcessResult) -> &'static str {
        judge("t", "", result, &[]).name()
    }

    #[test]
    fn every_signal_that_a_program_sends_itself_is_its_own_doing() {
        // The numbers are those of most Linux systems; 32 and 33 are the C library's own.
        for signal in (1..=64).filter(|signal| ![32, 33].contains(signal)) {
            for target in ["$$", "0"] {
                let result = run_script(&format!("kill -{signal} {target}; exit 7"));
                let exit = match signal {
                    // By default these do nothing, or stop a process. It is resumed once.
                    17 | 18 | 23 | 28 | 19..=22 => Exit::Code(7),
                    _ => Exit::Signal(signal),
                };
                assert_eq!(result.exit, exit, "signal {signal} to {target}");
                let expected = match signal {
                    // Running it again shows where it came from.
                    9 => "disturbed",
                    24 => "out-of-time",
                    _ => "ended-early",
                };
                assert_eq!(verdict(&result), expected, "signal {signal} to {target}");
            }
        }
    }

    #[test]
    fn a_program_that_stops_itself_again_and_again_is_ended() {
        let result = run_script("while true; do kill -STOP $$; done");
        assert_eq!(result.exit, Exit::Stopped);
        assert_eq!(verdict(&result), "ended-early");
    }

    #[test]
    fn a_program_that_works_for_ever_is_ended_however_it_works() {
        for work in [":", "read -r x < /proc/uptime"] {
            let result = run_script(&format!("while true; do {work}; done"));
            assert_eq!(result.exit, Exit::TooMuchWork, "{work}");
        }
    }
}
