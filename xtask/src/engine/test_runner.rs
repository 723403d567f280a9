//! Runs tests, each in its own process, as many at once as the machine has processors.

use super::judge;
use super::launcher;
use super::machine_lock;
use super::memory;
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
    /// Whether it may have ended for want of memory below its limit: the machine was short of it.
    short_of_memory: bool,
}

impl TestAttempt {
    /// Whether it may have ended as it did because of its neighbours: they took memory or threads that it needed, or used up so
    /// much that it came no further.
    fn may_have_lacked_something(&self) -> bool {
        match &self.judged.verdict {
            Verdict::OutOfMemory => true,
            Verdict::OutOfTime | Verdict::BlockedOutside => self.short_of_memory,
            verdict => could_not_spawn(verdict),
        }
    }
}

/// The result after `first`, and after further attempts where a failure may be the machine's fault.
fn retry_disturbed(
    first: TestAttempt,
    mut again: impl FnMut() -> anyhow::Result<TestAttempt>,
) -> anyhow::Result<TestResult> {
    let mut attempt = first;
    if attempt.may_have_lacked_something() {
        attempt = again()?;
        if attempt.short_of_memory && could_not_spawn(&attempt.judged.verdict) {
            attempt.judged.verdict = lacked_memory();
            return Ok(attempt.judged);
        }
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
    let is_disturbed = matches!(attempt.judged.verdict, Verdict::Disturbed { .. });
    if is_disturbed && was_killed {
        // Nothing else kills a process three times, twice while it runs alone, on a machine with enough memory.
        attempt.judged.verdict = if short_of_memory { lacked_memory() } else { judge::killed_by_itself() };
    }
    Ok(attempt.judged)
}

/// No verdict: with as much memory as it may use, the test could have ended otherwise.
fn lacked_memory() -> Verdict {
    Verdict::Disturbed { how: memory::lacked(launcher::TEST_MEMORY) }
}

fn could_not_spawn(verdict: &Verdict) -> bool {
    let Verdict::Panicked { panics, .. } = verdict else { return false };
    panics.iter().any(|panic| panic.message.contains("failed to spawn thread"))
}

/// Whether the system, and not its limit, refused the process what it asked for.
fn was_refused_below_its_limit(verdict: &Verdict, stderr: &str) -> bool {
    matches!(verdict, Verdict::OutOfMemory)
        && memory::refused_request(stderr).is_none_or(|bytes| bytes < launcher::TEST_MEMORY)
        && memory::may_be_refused_below(launcher::TEST_MEMORY)
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
    let mut verdict = judge::judge(observed_as, &job.expected, &ran, &messages);
    let was_refused = was_refused_below_its_limit(&verdict, &ran.stderr);
    if was_refused {
        verdict = lacked_memory();
    }
    // The folder's name changes from run to run.
    let output = output.replace(&folder.path.display().to_string(), "TMPDIR");
    let judged = TestResult { name: job.test.name.clone(), points: job.test.points, verdict, output, traces };
    Ok(TestAttempt {
        judged,
        was_killed: matches!(ran.exit, Exit::Signal(_) | Exit::LackedMemory),
        short_of_memory: ran.short_of_memory || was_refused,
    })
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
    fn a_test_that_used_up_the_machine_alone_is_not_judged_and_says_what_it_needs() {
        let short = || attempt(disturbed(), true, true);
        let Verdict::Disturbed { how } = retry_disturbed(short(), || Ok(short())).unwrap().verdict else {
            panic!("it was judged")
        };
        assert!(how.starts_with("it needs more memory than is left"), "{how}");
        assert!(how.ends_with("it may use up to 2048 MiB"), "{how}");
    }

    #[test]
    fn a_test_that_the_machine_slowed_down_for_want_of_memory_runs_once_more_alone() {
        let passed = || attempt(Verdict::Passed, false, false);
        for slow in [Verdict::OutOfTime, Verdict::BlockedOutside] {
            assert_eq!(outcome(attempt(slow.clone(), false, true), passed), ("passed", 1));
            let name = slow.name();
            assert_eq!(outcome(attempt(slow.clone(), false, false), passed), (name, 0));
            assert_eq!(outcome(attempt(slow.clone(), false, true), || attempt(slow.clone(), false, false)), (name, 1));
        }
    }

    #[test]
    fn a_thread_that_does_not_start_on_a_machine_short_of_memory_is_no_verdict() {
        let message = "failed to spawn thread: Os { code: 11 }".to_owned();
        let panics = vec![observe::Panic { message, location: String::new(), thread: String::new() }];
        let failed = |short| attempt(Verdict::Panicked { panics: panics.clone(), so_far: String::new() }, false, short);
        assert_eq!(outcome(failed(true), || failed(true)), ("disturbed", 1));
        assert_eq!(outcome(failed(true), || failed(false)), ("panicked", 1));
        assert_eq!(outcome(failed(false), || failed(false)), ("panicked", 1));
    }

    #[test]
    fn a_request_as_large_as_the_limit_is_the_tests_own_fault_on_every_machine() {
        let refused = |bytes: u64| {
            let stderr = format!("memory allocation of {bytes} bytes failed\n");
            was_refused_below_its_limit(&Verdict::OutOfMemory, &stderr)
        };
        assert!(!refused(launcher::TEST_MEMORY));
        assert!(!refused(8 << 30));
        assert_eq!(refused(1 << 20), memory::may_be_refused_below(launcher::TEST_MEMORY));
    }

    #[test]
    fn a_test_that_lacked_memory_or_threads_runs_once_more_alone() {
        let passed = || attempt(Verdict::Passed, false, false);
        assert_eq!(outcome(attempt(Verdict::OutOfMemory, true, false), passed), ("passed", 1));
        let lacked = || attempt(Verdict::OutOfMemory, true, false);
        assert_eq!(outcome(lacked(), lacked), ("out-of-memory", 1));
    }
}
