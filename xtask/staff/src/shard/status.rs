//! `.shard.json`: what a run says about itself in its folder of reports, for `grade status` and `grade merge` on other machines.

use super::engine::Engine;
use crate::model::Shard;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// The name of the file.
pub const FILE: &str = ".shard.json";

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
    /// The course's libraries are built, and the hidden scenarios run on the solutions.
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

    pub fn engine(&self) -> Engine {
        Engine::of(&self.given)
    }
}
