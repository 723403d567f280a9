//! `.shard.json`: what a run says about itself in its folder of reports, for `grade status` and `grade merge` on other machines.
//!
//! It is written now and then, so the time of its last change is a sign of life.

use super::engine::Engine;
use crate::model::Shard;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};
use xtask::files::write_in_one_step;

/// The name of the file.
pub const FILE: &str = ".shard.json";

/// The time between two signs of life.
const PAUSE: Duration = Duration::from_secs(10);

/// What one shard has done so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardStatus {
    pub shard: Shard,
    /// `--shard` as it was given: it names the engine.
    pub given: String,
    pub step: Step,
    /// Submissions whose grades are known.
    pub graded: u64,
    /// All submissions of the shard.
    pub submissions: u64,
    /// How long this run has taken, in seconds.
    pub seconds: u64,
    /// How many of the submissions this run has graded; the others were in the store.
    pub graded_by_run: u64,
}

/// How far a shard is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Submissions are read and looked up, or the course's libraries are built.
    Preparing,
    Grading,
    /// The reports are written.
    Done,
    /// The run ended without reports.
    Failed,
}

impl ShardStatus {
    /// The status in this folder; none if there is none, or none that this version can read.
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join(FILE)).ok()?).ok()
    }

    /// How long ago the status in this folder was written, by the clocks of this machine and of the disk's.
    pub fn age(folder: &Path) -> Option<Duration> {
        let written = fs::metadata(folder.join(FILE)).and_then(|metadata| metadata.modified()).ok()?;
        // A clock that is ahead is no sign of silence.
        Some(SystemTime::now().duration_since(written).unwrap_or_default())
    }

    /// The remaining time, if the other submissions take as long as those that this run has graded; none if it has graded none.
    pub fn seconds_left(&self) -> Option<u64> {
        (self.seconds * self.submissions.saturating_sub(self.graded)).checked_div(self.graded_by_run)
    }

    pub fn engine(&self) -> Engine {
        Engine::of(&self.given)
    }
}

/// Writes the status of this run every few seconds, until it is dropped.
#[derive(Debug)]
pub struct StatusFile {
    run: Arc<Run>,
    writer: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Run {
    path: PathBuf,
    state: Mutex<State>,
    has_ended: Condvar,
}

#[derive(Debug)]
struct State {
    status: ShardStatus,
    /// Since when submissions are graded.
    began: Instant,
}

impl StatusFile {
    /// `given` is `--shard`.
    pub fn start(folder: &Path, shard: Shard, given: &str) -> Self {
        let status = ShardStatus {
            shard,
            given: given.to_owned(),
            step: Step::Preparing,
            graded: 0,
            submissions: 0,
            seconds: 0,
            graded_by_run: 0,
        };
        let state = Mutex::new(State { status, began: Instant::now() });
        let run = Arc::new(Run { path: folder.join(FILE), state, has_ended: Condvar::new() });
        let of_writer = run.clone();
        let writer = thread::spawn(move || of_writer.write_until_the_end());
        Self { run, writer: Some(writer) }
    }

    /// Of `submissions`, as many are `left` to grade.
    pub fn begin(&self, submissions: usize, left: usize) {
        let mut state = self.run.lock();
        state.began = Instant::now();
        state.status.step = Step::Grading;
        state.status.submissions = submissions as u64;
        state.status.graded = (submissions - left) as u64;
    }

    /// Counts one more submission.
    pub fn advance(&self) {
        let mut state = self.run.lock();
        state.status.graded += 1;
        state.status.graded_by_run += 1;
    }

    /// The reports are written.
    pub fn finish(&self) {
        self.run.lock().status.step = Step::Done;
    }
}

impl Drop for StatusFile {
    fn drop(&mut self) {
        {
            let mut state = self.run.lock();
            if state.status.step != Step::Done {
                state.status.step = Step::Failed;
            }
        }
        self.run.has_ended.notify_all();
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

impl Run {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_until_the_end(&self) {
        loop {
            let state = self.lock();
            let mut status = state.status.clone();
            status.seconds = state.began.elapsed().as_secs();
            drop(state);
            // It only informs: grading goes on without it.
            let _ = write_in_one_step(&self.path, &serde_json::to_vec(&status).unwrap_or_default());
            if matches!(status.step, Step::Done | Step::Failed) {
                return;
            }
            let state = self.lock();
            if !matches!(state.status.step, Step::Done | Step::Failed) {
                drop(self.has_ended.wait_timeout(state, PAUSE));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_says_how_far_it_is_and_how_it_ended() {
        let folder = std::env::temp_dir().join(format!("grade-status-{}", std::process::id()));
        let shard = Shard { index: 3, count: 200 };
        let run = StatusFile::start(&folder, shard, "slurm:200");
        run.begin(50, 20);
        run.advance();
        drop(run);
        let status = ShardStatus::read(&folder).expect("it was written");
        assert_eq!((status.shard, status.engine(), status.step), (shard, Engine::Slurm, Step::Failed));
        assert_eq!((status.graded, status.graded_by_run, status.submissions), (31, 1, 50));
        let run = StatusFile::start(&folder, shard, "slurm:200");
        run.begin(50, 0);
        run.finish();
        drop(run);
        let status = ShardStatus::read(&folder).expect("it was written again");
        assert_eq!((status.step, status.graded), (Step::Done, 50));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_is_left_takes_as_long_as_what_this_run_graded() {
        let status = |graded, graded_by_run, seconds| ShardStatus {
            shard: Shard { index: 1, count: 2 },
            given: "1/2".to_owned(),
            step: Step::Grading,
            graded,
            submissions: 50,
            seconds,
            graded_by_run,
        };
        assert_eq!(status(40, 10, 100).seconds_left(), Some(100));
        assert_eq!(status(40, 0, 100).seconds_left(), None, "nothing is guessed where nothing is known");
        assert_eq!(status(60, 10, 100).seconds_left(), Some(0));
    }
}
