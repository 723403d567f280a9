//! Runs tests, each in a process of its own, as many at once as the machine has processors.

use super::alone;
use super::judge::{self, Said};
use super::limits;
use super::process::{self, Ending, Patience, Ran};
use super::temporary::TemporaryFolder;
use super::verdict::{Judged, Verdict};
use crate::course::Test;
use anyhow::{Context as _, bail};
use observe::Key;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// One test to run.
#[derive(Debug)]
pub struct Job<'a> {
    pub program: PathBuf,
    pub folder: PathBuf,
    pub test: &'a Test,
    /// The test's path in its program; the last part is the name under which it observes.
    pub path: String,
    pub expected: String,
    /// What a scenario is drawn from; without it, the scenario whose snapshot is kept.
    pub seed: Option<u64>,
}

/// Where tests run, and with what around them.
pub struct Room {
    /// So many at once.
    pub workers: usize,
    /// Each test gets a folder of its own in here, as long as it runs.
    pub temporary: PathBuf,
    /// Whether tests see the environment variables of the runner.
    pub environment: bool,
    /// What to keep from a job, whose temporary files go to the folder that is given: see [`limits::Limits::confinement`].
    pub confinement: fn(&Job, &Path) -> String,
}

impl Room {
    /// The room of whoever runs their own code.
    pub fn open() -> Self {
        Self {
            workers: thread::available_parallelism().map_or(1, usize::from),
            temporary: std::env::temp_dir(),
            environment: true,
            confinement: |_, _| String::new(),
        }
    }
}

/// How long a test may take on the clock: where all that it does can be seen, only one that gets no time takes so long. Elsewhere
/// the clock must end what sleeps or works for ever, and sooner.
const WALL: Duration = Duration::from_secs(if cfg!(target_os = "linux") { 300 } else { 10 });

/// Bytes that a test may print on each stream.
const OUTPUT: usize = 4 << 20;

/// A disturbed test runs so many times more.
const RETRIES: usize = 2;

/// Runs all jobs; the verdicts come back in the order of the jobs.
pub fn observe_all(jobs: &[Job], room: &Room) -> anyhow::Result<Vec<Judged>> {
    let next = AtomicUsize::new(0);
    let done: Vec<Mutex<Option<anyhow::Result<Judged>>>> = jobs.iter().map(|_| Mutex::new(None)).collect();
    let workers = room.workers.min(jobs.len());
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((job, slot)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    jobs.get(index).zip(done.get(index))
                } {
                    *slot.lock().expect("no holder of this lock panics") = Some(observe(job, room));
                }
            });
        }
    });
    done.into_iter()
        .map(|slot| slot.into_inner().expect("no holder of this lock panics").expect("every job was taken"))
        .collect()
}

/// Runs a test. What may be the machine's fault is found out by running it again, with nothing beside it.
pub fn observe(job: &Job, room: &Room) -> anyhow::Result<Judged> {
    settled(alone::beside_others(|| observe_once(job, room))?, || alone::alone(|| observe_once(job, room)))
}

/// What a test did in one run.
struct Attempt {
    judged: Judged,
    was_killed: bool,
    /// Whether somebody else may have killed it: the machine was short of memory.
    short_of_memory: bool,
}

/// The verdict after `first`, with further attempts where that one may be the machine's fault.
fn settled(first: Attempt, mut again: impl FnMut() -> anyhow::Result<Attempt>) -> anyhow::Result<Judged> {
    let mut attempt = first;
    if lacked_something(&attempt.judged.verdict) {
        attempt = again()?;
    }
    let (mut was_killed, mut short_of_memory) = (attempt.was_killed, attempt.short_of_memory);
    for _ in 0..RETRIES {
        if !matches!(attempt.judged.verdict, Verdict::Disturbed { .. }) {
            return Ok(attempt.judged);
        }
        attempt = again()?;
        was_killed &= attempt.was_killed;
        short_of_memory |= attempt.short_of_memory;
    }
    // Nobody kills a process three times, twice of them with nothing beside it, on a machine with memory enough.
    let is_disturbed = matches!(attempt.judged.verdict, Verdict::Disturbed { .. });
    if is_disturbed && was_killed && !short_of_memory {
        attempt.judged.verdict = judge::killed_by_itself();
    }
    Ok(attempt.judged)
}

/// Whether what is beside a test may have taken what it needs: memory, or threads.
fn lacked_something(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::OutOfMemory => true,
        Verdict::Panicked { panics, .. } => panics.iter().any(|panic| panic.message.contains("failed to spawn thread")),
        _ => false,
    }
}

fn observe_once(job: &Job, room: &Room) -> anyhow::Result<Attempt> {
    let key = Key::random();
    let folder = TemporaryFolder::new(&room.temporary)?;
    let limits = limits::Limits { confinement: (room.confinement)(job, &folder.path), ..limits::TEST };
    let mut command = limits::limited(&limits, &job.program, &job.folder)?;
    if !room.environment {
        command.env_clear();
    }
    // Two threads, not one: with one, the harness runs the test on the main thread, whose stack is larger than the
    // one that `cargo test` gives it.
    command.args([job.path.as_str(), "--exact", "--no-capture", "--test-threads=2"]);
    command
        .env(observe::JUDGE, "1")
        .env("RUST_BACKTRACE", "0")
        .env_remove("RUST_LIB_BACKTRACE")
        .env_remove("RUST_TEST_THREADS")
        .env_remove(observe::SEED);
    if let Some(seed) = job.seed {
        command.env(observe::SEED, seed.to_string());
    }
    // Each arena of the allocator reserves address space, which is limited.
    command.env("MALLOC_ARENA_MAX", "2");
    for variable in ["TMPDIR", "TEMP", "TMP"] {
        command.env(variable, &folder.path);
    }
    let patience = Patience {
        wall: WALL,
        output: OUTPUT,
        folder: Some((&folder.path, limits::TEST_FILES)),
        measure_in: &room.temporary,
    };
    let ran = process::run(command, format!("{key}\n").as_bytes(), &patience)
        .with_context(|| format!("could not run the test {} of {}", job.test.name, job.program.display()))?;
    launcher_worked(&ran)?;
    let observed_as = job.path.rsplit("::").next().unwrap_or(&job.path);
    let Said { messages, output } = judge::take_apart(&ran, &job.path, |line| key.open(line));
    let notes = judge::notes(observed_as, &messages);
    let verdict = judge::judge(observed_as, &job.expected, &ran, &messages);
    // The folder has another name each time.
    let output = output.replace(&folder.path.display().to_string(), "TMPDIR");
    let judged = Judged { name: job.test.name.clone(), points: job.test.points, verdict, output, notes };
    Ok(Attempt { judged, was_killed: matches!(ran.ending, Ending::Signal(_)), short_of_memory: ran.short_of_memory })
}

/// A launcher that failed is the machine's fault, never a verdict.
fn launcher_worked(ran: &Ran) -> anyhow::Result<()> {
    if ran.ending == Ending::Exited(3) && ran.stdout.is_empty() && ran.stderr.starts_with("the launcher failed") {
        bail!("a test could not be started: {}", ran.stderr.trim_end());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn attempt(verdict: Verdict, was_killed: bool, short_of_memory: bool) -> Attempt {
        let judged = Judged { name: "t".into(), points: 1, verdict, output: String::new(), notes: Vec::new() };
        Attempt { judged, was_killed, short_of_memory }
    }

    fn disturbed() -> Verdict {
        Verdict::Disturbed { how: "it was killed".into() }
    }

    /// The verdict, and how often the test ran once more.
    fn outcome(first: Attempt, again: impl Fn() -> Attempt) -> (&'static str, usize) {
        let count = Cell::new(0);
        let settled = settled(first, || {
            count.set(count.get() + 1);
            Ok(again())
        });
        (settled.unwrap().verdict.name(), count.get())
    }

    #[test]
    fn a_test_that_was_disturbed_once_has_the_verdict_of_its_next_run() {
        let first = || attempt(disturbed(), true, true);
        assert_eq!(outcome(first(), || attempt(Verdict::Passed, false, false)), ("passed", 1));
        assert_eq!(outcome(first(), || attempt(Verdict::OutOfTime, false, false)), ("out-of-time", 1));
    }

    #[test]
    fn a_test_that_is_killed_each_time_has_done_it_itself() {
        let killed = || attempt(disturbed(), true, false);
        assert_eq!(outcome(killed(), killed), ("ended-early", 2));
    }

    #[test]
    fn whoever_was_killed_while_memory_was_short_or_got_no_time_is_not_to_blame() {
        let for_memory = || attempt(disturbed(), true, true);
        assert_eq!(outcome(for_memory(), for_memory), ("disturbed", 2));
        let without_time = || attempt(disturbed(), false, false);
        assert_eq!(outcome(without_time(), without_time), ("disturbed", 2));
        assert_eq!(outcome(attempt(disturbed(), true, false), for_memory), ("disturbed", 2));
    }

    #[test]
    fn whoever_lacked_memory_or_threads_runs_once_more_with_nothing_beside_it() {
        let passed = || attempt(Verdict::Passed, false, false);
        assert_eq!(outcome(attempt(Verdict::OutOfMemory, true, false), passed), ("passed", 1));
        let lacked = || attempt(Verdict::OutOfMemory, true, false);
        assert_eq!(outcome(lacked(), lacked), ("out-of-memory", 1));
    }
}
