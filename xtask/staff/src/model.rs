//! The results of grading a class: the source of every report, and the content of `grades.json`.
//!
//! They contain neither times nor local paths: the same submissions and seed give the same bytes.

use crate::points::Points;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The grades of a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grades {
    /// The version of this format: [`SCHEMA`].
    pub schema: u32,
    /// The title of the course or class, for headings.
    pub title: String,
    /// The fingerprint of everything in the course that decides a verdict.
    pub course: String,
    /// The version of the compiler.
    pub toolchain: String,
    /// The seed of the hidden scenarios.
    pub seed: u64,
    /// How submitted code was confined, a sentence for each restriction.
    pub confinement: Confinement,
    /// Which shard of the class this is.
    pub shard: Shard,
    /// The fingerprint of the ids of all submissions, in all shards.
    pub class: String,
    /// What the teacher decided for everyone, a sentence each.
    pub policy: Vec<String>,
    /// Whether reports for people show numbers in place of names.
    pub anonymous: bool,
    /// What all points are scaled to, if the teacher decided so.
    pub scaled_to: Option<Points>,
    /// The submissions that a roster has no row for, by id. Whoever handed them in looks absent.
    pub unmatched: BTreeSet<String>,
    /// The quests, in order.
    pub quests: Vec<QuestInfo>,
    /// The submissions, in the order of their ids.
    pub submissions: Vec<GradedSubmission>,
}

/// The version of [`Grades`] that this grader writes and reads.
pub const SCHEMA: u32 = 4;

/// The restrictions that the system supports, and those that it does not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confinement {
    pub granted: Vec<String>,
    /// Empty if submitted code was fully confined.
    pub missing: Vec<String>,
}

/// One of `count` shards of a class; `index` starts at 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    pub index: u32,
    pub count: u32,
}

/// What reports need to know about a quest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestInfo {
    pub number: u32,
    /// `queue`
    pub name: String,
    /// `quest-03-queue`
    pub package: String,
    pub title: String,
    pub points: Points,
    /// In teaching order. The last one, `scenario`, has no points of its own: failing it limits the quest to half its points.
    pub tests: Vec<TestInfo>,
}

/// What reports need to know about a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestInfo {
    pub name: String,
    /// The title of its step.
    pub step: String,
    /// What it expects, in a sentence.
    pub says: String,
    pub points: Points,
    /// Why it does not count, if the teacher decided so.
    pub exempt: Option<String>,
}

/// The grades of one submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradedSubmission {
    /// The name of the submission: a folder's or an archive's, without its ending.
    pub id: String,
    /// The learner's row of the roster, by column: `name`, `email`, `canvas_id`, … Empty without a roster.
    pub learner: BTreeMap<String, String>,
    /// Whether its quests could be graded at all.
    pub intake: Intake,
    /// Why not, if something was handed in.
    pub problem: Option<String>,
    /// What the teacher and the learner should know about what was handed in, a sentence each: which of two archives counts, for
    /// instance, or which file belongs to no quest.
    pub remarks: Vec<String>,
    /// When it was handed in, as RFC 3339 writes it; none if nobody knows.
    pub submitted: Option<String>,
    /// What the teacher decided about the total: extra points, for instance, or the penalty for lateness.
    pub adjustments: Vec<Adjustment>,
    /// Every quest of the course, in order.
    pub quests: Vec<QuestGrade>,
}

/// A change of a total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adjustment {
    pub points: Points,
    /// For the learner, without a full stop.
    pub why: String,
}

/// What became of a submission before any quest of it was graded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Intake {
    /// At least one quest was found.
    Accepted,
    /// Nothing was handed in.
    Missing,
    /// Something was handed in, and no quest was recognized in it. No score.
    NotRecognized,
    /// It could not be read: an archive is corrupt, for instance. No score.
    Unreadable,
    /// There are several submissions, and the teacher must decide which one counts. No score.
    Undecided,
}

/// The grade of one quest of a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestGrade {
    pub number: u32,
    pub state: QuestState,
    /// Why it is in this state, if the tests do not say it: compiler errors, for instance. Plain text.
    pub detail: String,
    /// `None` if there is no score: the submission was not read, nobody handed anything in, or the grader or the machine failed.
    pub earned: Option<Points>,
    /// What the teacher decided about it, in words; then `earned` may differ from what the tests gave.
    pub adjustment: Option<String>,
    /// Every test of the quest, in order; empty if none was run.
    pub tests: Vec<TestGrade>,
    /// The fingerprint of the file that was handed in, if any.
    pub file: Option<String>,
}

/// The state of a quest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuestState {
    /// The submission has no file for it.
    NotHandedIn,
    /// The submission, or a part of it that may hold the quest, was not read; no score.
    NotRead,
    /// Every test reaches a `todo!()`.
    NotStarted,
    /// Every test that does not pass reaches a `todo!()`.
    Underway,
    Red,
    Passed,
    DoesNotCompile,
    /// The file was not compiled: it is not text, or it contains what submissions must not contain.
    Rejected,
    /// The grader or the machine failed; no score.
    InfraError,
}

/// The grade of one test of a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestGrade {
    pub name: String,
    /// All points of the test, or 0. The sum may exceed the quest's `earned`, which is halved if `scenario` fails.
    pub earned: Points,
    /// `passed`, `wrong`, `panicked`, …, as in `check --format json`.
    pub verdict: String,
    /// Why the test failed, as `check` explains it; empty if it passed. Plain text of several lines.
    pub why: String,
    /// What should have been observed, if something else was. Usually a timeline.
    pub expected: Option<String>,
    /// What was observed instead.
    pub seen: Option<String>,
    /// What the submitted code printed.
    pub output: String,
}

impl QuestState {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotHandedIn => "not handed in",
            Self::NotRead => "not read",
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

impl Intake {
    /// Whether something was handed in that has no score.
    pub fn needs_attention(self) -> bool {
        !matches!(self, Self::Accepted | Self::Missing)
    }

    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Accepted => "graded",
            Self::Missing => "nothing handed in",
            Self::NotRecognized => "no quest recognized",
            Self::Unreadable => "could not be read",
            Self::Undecided => "several submissions",
        }
    }
}

impl GradedSubmission {
    /// Whether something in it was not understood, so that there is no score, and somebody must look at it.
    pub fn is_unread(&self) -> bool {
        self.intake.needs_attention() || self.unread().next().is_some()
    }

    /// The quests without a score that may be in what was not read.
    pub fn unread(&self) -> impl Iterator<Item = &QuestGrade> {
        self.quests.iter().filter(|quest| quest.state == QuestState::NotRead && quest.earned.is_none())
    }

    /// The total; `None` if a quest has no score.
    pub fn earned(&self) -> Option<Points> {
        let quests: Points = self.quests.iter().map(|quest| quest.earned).sum::<Option<Points>>()?;
        Some(quests + self.adjustments.iter().map(|adjustment| adjustment.points).sum())
    }
}

impl Grades {
    /// Everything but the submissions.
    #[must_use]
    pub fn head(&self) -> Self {
        Self {
            schema: self.schema,
            title: self.title.clone(),
            course: self.course.clone(),
            toolchain: self.toolchain.clone(),
            seed: self.seed,
            confinement: self.confinement.clone(),
            shard: self.shard,
            class: self.class.clone(),
            policy: self.policy.clone(),
            anonymous: self.anonymous,
            scaled_to: self.scaled_to,
            unmatched: self.unmatched.clone(),
            quests: self.quests.clone(),
            submissions: Vec::new(),
        }
    }

    /// Gives zero points to everyone who handed in nothing. Without this, they have no score. While a submission
    /// belongs to nobody on the roster, nobody knows who handed in nothing, and nobody gets a zero.
    pub fn count_missing_as_zero(&mut self) {
        if !self.unmatched.is_empty() {
            return;
        }
        let missing = self.submissions.iter_mut().filter(|submission| submission.intake == Intake::Missing);
        for quest in missing.flat_map(|submission| &mut submission.quests) {
            quest.earned = Some(Points::ZERO);
        }
    }

    /// The points that can be earned.
    pub fn points(&self) -> Points {
        self.scaled_to.unwrap_or_else(|| self.quests.iter().map(|quest| quest.points).sum())
    }
}
