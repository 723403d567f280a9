//! Runs tests, each in a process of its own, as many at once as the machine has processors.

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

/// The limits of a test beside those of [`limits::TEST`].
const PATIENCE: Patience<'static> = Patience {
    // Where no process can be seen asleep, the clock must end it, and then sooner.
    wall: Duration::from_secs(if cfg!(target_os = "linux") { 60 } else { 10 }),
    output: 4 << 20,
    until_quiet: true,
    folder: None,
};

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

/// Runs a test; once more if the machine disturbed it, which is no fault of the test's.
fn observe(job: &Job, room: &Room) -> anyhow::Result<Judged> {
    let mut judged = observe_once(job, room)?;
    for _ in 0..RETRIES {
        if !matches!(judged.verdict, Verdict::Disturbed { .. }) {
            break;
        }
        judged = observe_once(job, room)?;
    }
    Ok(judged)
}

fn observe_once(job: &Job, room: &Room) -> anyhow::Result<Judged> {
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
    let patience = Patience { folder: Some((&folder.path, limits::TEST_FILES)), ..PATIENCE };
    let ran = process::run(command, format!("{key}\n").as_bytes(), &patience)
        .with_context(|| format!("could not run the test {} of {}", job.test.name, job.program.display()))?;
    launcher_worked(&ran)?;
    let observed_as = job.path.rsplit("::").next().unwrap_or(&job.path);
    let Said { messages, output } = judge::take_apart(&ran, &job.path, |line| key.open(line));
    let notes = judge::notes(observed_as, &messages);
    let verdict = match (judge::judge(observed_as, &job.expected, &ran, &messages), job.test.needs) {
        (Verdict::Missing, Some(quest)) => Verdict::Needs { quest },
        (verdict, _) => verdict,
    };
    // The folder has another name each time.
    let output = output.replace(&folder.path.display().to_string(), "TMPDIR");
    Ok(Judged { name: job.test.name.clone(), points: job.test.points, verdict, output, notes })
}

/// A launcher that failed is the machine's fault, never a verdict.
fn launcher_worked(ran: &Ran) -> anyhow::Result<()> {
    if ran.ending == Ending::Exited(3) && ran.stdout.is_empty() && ran.stderr.starts_with("the launcher failed") {
        bail!("a test could not be started: {}", ran.stderr.trim_end());
    }
    Ok(())
}
