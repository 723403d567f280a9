//! What grading finds out about a class: the one source of every report, and what `grades.json` holds.
//!
//! It holds no time and no path of the machine: the same submissions and the same seed give the same bytes.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A class, graded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grades {
    /// The version of this form: [`SCHEMA`].
    pub schema: u32,
    /// The title of the course or class, for headings.
    pub title: String,
    /// The fingerprint of everything in the course that decides a verdict.
    pub course: String,
    /// The compiler, in its own words.
    pub toolchain: String,
    /// What the hidden scenarios were drawn from.
    pub seed: u64,
    /// What kept submitted code apart from the machine, a sentence each.
    pub confinement: Confinement,
    /// The part of the class that this is.
    pub shard: Shard,
    /// The fingerprint of the ids of all submissions, in all shards.
    pub class: String,
    /// The quests, in order.
    pub quests: Vec<QuestInfo>,
    /// The submissions, in the order of their ids.
    pub submissions: Vec<GradedSubmission>,
}

/// The version of [`Grades`] that this grader writes and reads.
pub const SCHEMA: u32 = 2;

/// What was granted by the system, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confinement {
    pub granted: Vec<String>,
    /// Empty when submitted code was confined as it should be.
    pub missing: Vec<String>,
}

/// One of `count` parts of a class; `index` counts from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    pub index: u32,
    pub count: u32,
}

/// A quest, as far as reports need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestInfo {
    pub number: u32,
    /// `queue`
    pub name: String,
    /// `quest-03-queue`
    pub package: String,
    pub title: String,
    pub points: u32,
    /// In teaching order. The last one, `scenario`, has no points: who fails it gets half of the quest's at most.
    pub tests: Vec<TestInfo>,
}

/// A test, as far as reports need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestInfo {
    pub name: String,
    /// The title of its step.
    pub step: String,
    /// What it expects, in a sentence.
    pub says: String,
    pub points: u32,
}

/// One submission, graded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradedSubmission {
    /// The name of the submission: a folder's or an archive's, without its ending.
    pub id: String,
    /// What the roster says about its learner, by column: `name`, `email`, `canvas_id`, … Empty without a roster.
    pub learner: BTreeMap<String, String>,
    /// Why nothing of it could be read, if so. Then no quest of it is handed in.
    pub problem: Option<String>,
    /// Every quest of the course, in order.
    pub quests: Vec<QuestGrade>,
}

/// A quest of a submission, graded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestGrade {
    pub number: u32,
    pub state: QuestState,
    /// In words: why it is in this state, where the tests do not say it. The compiler's words, for instance. Plain text.
    pub detail: String,
    /// `None` when nothing is known: the grader or the machine failed.
    pub earned: Option<u32>,
    /// Every test of the quest, in order; none if nothing was observed.
    pub tests: Vec<TestGrade>,
    /// The fingerprint of the file that was handed in, if any.
    pub file: Option<String>,
}

/// How far a quest is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuestState {
    /// There is no file.
    NotHandedIn,
    /// Every test reaches a `todo!()`.
    NotStarted,
    /// Whatever is red has not been started.
    Underway,
    Red,
    Passed,
    DoesNotCompile,
    /// The file was not compiled: it is not text, or it contains what submissions must not contain.
    Rejected,
    /// The grader or the machine failed; no score.
    InfraError,
}

/// A test of a submission, judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestGrade {
    pub name: String,
    /// The test's points or none. Their sum may be more than the quest's, of which half is lost when `scenario` fails.
    pub earned: u32,
    /// `passed`, `wrong`, `panicked`, …: the word that `check --format json` has for it.
    pub verdict: String,
    /// Why the points were lost, as `check` says it; empty if it passed. Plain text of several lines.
    pub why: String,
    /// What should have been observed; only where something else was. Usually a timeline.
    pub expected: Option<String>,
    /// What was observed instead.
    pub seen: Option<String>,
    /// What the submitted code printed.
    pub output: String,
}

impl QuestState {
    /// In words, for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotHandedIn => "not handed in",
            Self::NotStarted => "not started",
            Self::Underway => "underway",
            Self::Red => "red",
            Self::Passed => "passed",
            Self::DoesNotCompile => "does not compile",
            Self::Rejected => "rejected",
            Self::InfraError => "not graded",
        }
    }
}

impl GradedSubmission {
    /// The points of all quests; `None` when one of them is not known.
    pub fn earned(&self) -> Option<u32> {
        self.quests.iter().map(|quest| quest.earned).sum()
    }
}

impl Grades {
    /// The points that can be earned.
    pub fn points(&self) -> u32 {
        self.quests.iter().map(|quest| quest.points).sum()
    }
}
