//! Runs tests, each in its own process, as many at once as the machine has processors.

use super::judge;
use super::launcher;
use super::machine_lock;
use super::process::{self, Exit, ProcessResult, RunLimits};
use super::process_output::{self, ProcessOutput};
use super::temporary::TemporaryFolder;
use super::verdict::{TestResult, Verdict};
use crate::course::Test;
use anyhow::{Context as _, bail};
use observe::SealKey;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// One test to run.
#[derive(Debug)]
pub struct TestJob<'a> {
    pub program: PathBuf,
    pub folder: PathBuf,
    pub test: &'a Test,
    /// The test's path in its program; the last part is the name under which it reports what it observed.
    pub path: String,
    pub expected: String,
    /// What a scenario is drawn from; without it, the scenario that has a snapshot.
    pub seed: Option<u64>,
}

/// The environment in which tests run.
pub struct TestEnv {
    /// How many tests run at once.
    pub workers: usize,
    /// Each test gets its own folder in here while it runs.
    pub temporary: PathBuf,
    /// Whether tests see the environment variables of the runner.
    pub environment: bool,
    /// The confinement of a job whose temporary files go to the given folder: see [`launcher::Limits::confinement`].
    pub confinement: fn(&TestJob, &Path) -> String,
}

impl TestEnv {
    /// For users who run their own code.
    pub fn local() -> Self {
        Self {
            workers: thread::available_parallelism().map_or(1, usize::from),
            temporary: std::env::temp_dir(),
            environment: true,
            confinement: |_, _| String::new(),
        }
    }
}

/// How long a test may take on the wall clock. Where the runner can see what a test does, only a test that gets no CPU time takes
/// this long. Elsewhere the clock must end tests that sleep or work for ever, and sooner.
const WALL: Duration = Duration::from_secs(if cfg!(target_os = "linux") { 300 } else { 10 });

/// Bytes that a test may print to each stream.
const OUTPUT: usize = 4 << 20;

/// How often a disturbed test is run again.
const RETRIES: usize = 2;

/// Runs all jobs; the results are in the order of the jobs.
pub fn run_all(jobs: &[TestJob], env: &TestEnv) -> anyhow::Result<Vec<TestResult>> {
    let next = AtomicUsize::new(0);
    let done: Vec<Mutex<Option<anyhow::Result<TestResult>>>> = jobs.iter().map(|_| Mutex::new(None)).collect();
    let workers = env.workers.min(jobs.len());
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((job, slot)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    jobs.get(index).zip(done.get(index))
                } {
                    *slot.lock().expect("no holder of this lock panics") = Some(run_one(job, env));
                }
            });
        }
    });
    done.into_iter()
        .map(|slot| slot.into_inner().expect("no holder of this lock panics").expect("every job was taken"))
        .collect()
}

/// Runs a test. A failure that may be the machine's fault is settled by running the test again, alone.
pub fn run_one(job: &TestJob, env: &TestEnv) -> anyhow::Result<TestResult> {
    retry_disturbed(machine_lock::shared(|| run_once(job, env))?, || machine_lock::exclusive(|| run_once(job, env)))
}

/// One run of a test.
struct TestAttempt {
    judged: TestResult,
    was_killed: bool,
    /// Whether the system may have killed it: the machine was short of memory.
    short_of_memory: bool,
}

/// The result after `first`, and after further attempts where a failure may be the machine's fault.
fn retry_disturbed(
    first: TestAttempt,
    mut again: impl FnMut() -> anyhow::Result<TestAttempt>,
) -> anyhow::Result<TestResult> {
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
    // Nothing else kills a process three times, twice while it runs alone, on a machine with enough memory.
    let is_disturbed = matches!(attempt.judged.verdict, Verdict::Disturbed { .. });
    if is_disturbed && was_killed && !short_of_memory {
        attempt.judged.verdict = judge::killed_by_itself();
    }
    Ok(attempt.judged)
}

/// Whether other tests may have taken what this one needs: memory, or threads.
fn lacked_something(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::OutOfMemory => true,
        Verdict::Panicked { panics, .. } => panics.iter().any(|panic| panic.message.contains("failed to spawn thread")),
        _ => false,
    }
}

fn run_once(job: &TestJob, env: &TestEnv) -> anyhow::Result<TestAttempt> {
    let key = SealKey::random();
    let folder = TemporaryFolder::new(&env.temporary)?;
    let limits = launcher::Limits { confinement: (env.confinement)(job, &folder.path), ..launcher::TEST };
    let mut command = launcher::limited(&limits, &job.program, &job.folder)?;
    if !env.environment {
        command.env_clear();
    }
    // Two threads, not one: with one, the harness runs the test on the main thread, whose stack is larger than under
    // `cargo test`.
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
    // Each of the allocator's arenas reserves address space, which is limited.
    command.env("MALLOC_ARENA_MAX", "2");
    for variable in ["TMPDIR", "TEMP", "TMP"] {
        command.env(variable, &folder.path);
    }
    let patience = RunLimits {
        wall: WALL,
        output: OUTPUT,
        folder: Some((&folder.path, launcher::TEST_FILES)),
        measure_in: &env.temporary,
    };
    let ran = process::run(command, format!("{key}\n").as_bytes(), &patience)
        .with_context(|| format!("could not run the test {} of {}", job.test.name, job.program.display()))?;
    launcher_worked(&ran)?;
    let observed_as = job.path.rsplit("::").next().unwrap_or(&job.path);
    let ProcessOutput { messages, output } = process_output::take_apart(&ran, &job.path, |line| key.open(line));
    let traces = process_output::traces(observed_as, &messages);
    let verdict = judge::judge(observed_as, &job.expected, &ran, &messages);
    // The folder's name changes from run to run.
    let output = output.replace(&folder.path.display().to_string(), "TMPDIR");
    let judged = TestResult { name: job.test.name.clone(), points: job.test.points, verdict, output, traces };
    Ok(TestAttempt { judged, was_killed: matches!(ran.exit, Exit::Signal(_)), short_of_memory: ran.short_of_memory })
}

/// A launcher that failed is the machine's fault, never a verdict.
fn launcher_worked(ran: &ProcessResult) -> anyhow::Result<()> {
    if ran.exit == Exit::Code(3) && ran.stdout.is_empty() && ran.stderr.starts_with("the launcher failed") {
        bail!("a test could not be started: {}", ran.stderr.trim_end());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn attempt(verdict: Verdict, was_killed: bool, short_of_memory: bool) -> TestAttempt {
        let judged = TestResult { name: "t".into(), points: 1, verdict, output: String::new(), traces: Vec::new() };
        TestAttempt { judged, was_killed, short_of_memory }
    }

    fn disturbed() -> Verdict {
        Verdict::Disturbed { how: "it was killed".into() }
    }

    /// The verdict, and how often the test was run again.
    fn outcome(first: TestAttempt, again: impl Fn() -> TestAttempt) -> (&'static str, usize) {
        let count = Cell::new(0);
        let retry_disturbed = retry_disturbed(first, || {
            count.set(count.get() + 1);
            Ok(again())
        });
        (retry_disturbed.unwrap().verdict.name(), count.get())
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
    fn a_test_killed_while_memory_was_short_or_left_without_time_is_not_to_blame() {
        let for_memory = || attempt(disturbed(), true, true);
        assert_eq!(outcome(for_memory(), for_memory), ("disturbed", 2));
        let without_time = || attempt(disturbed(), false, false);
        assert_eq!(outcome(without_time(), without_time), ("disturbed", 2));
        assert_eq!(outcome(attempt(disturbed(), true, false), for_memory), ("disturbed", 2));
    }

    #[test]
    fn a_test_that_lacked_memory_or_threads_runs_once_more_alone() {
        let passed = || attempt(Verdict::Passed, false, false);
        assert_eq!(outcome(attempt(Verdict::OutOfMemory, true, false), passed), ("passed", 1));
        let lacked = || attempt(Verdict::OutOfMemory, true, false);
        assert_eq!(outcome(lacked(), lacked), ("out-of-memory", 1));
    }
}
