//! One submission: where it is, and what is read from there.

use super::archive::{self, ArchiveKind};
use super::folder;
use super::layout::Files;
use crate::text::escape::display_path;
use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;

/// Where one submission is: found, not yet read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundSubmission {
    /// The folder's name, or the archive's without its ending.
    pub id: String,
    /// What the roster says about its learner, by column.
    pub learner: BTreeMap<String, String>,
    pub place: SubmissionPath,
}

/// What a submission is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubmissionPath {
    /// The roster knows the learner, and there is no submission.
    Missing,
    Folder(PathBuf),
    Archive(PathBuf, ArchiveKind),
    /// It will not be read; why, in words.
    Rejected(PathBuf, String),
    /// There are several, and nobody knows which one counts; which ones, in words.
    Duplicates(String),
}

/// What was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    pub id: String,
    pub learner: BTreeMap<String, String>,
    /// Why nothing of it can be graded, in words, if so. It names no path outside the submission.
    pub files: Result<Files, String>,
    /// Whether that is for the teacher to decide, so that there is no score, not even a zero.
    pub undecided: bool,
}

impl FoundSubmission {
    /// Reads the files of the course's quests. `packages` are their numbers and packages: `(3, "quest-03-queue")`.
    pub fn read(&self, packages: &[(u32, String)]) -> Submission {
        let files = match &self.place {
            SubmissionPath::Missing => Ok(Files::new()),
            SubmissionPath::Folder(path) => folder::read(path, packages),
            SubmissionPath::Archive(path, kind) => shielded(|| archive::read(path, *kind, packages)),
            SubmissionPath::Rejected(_, why) | SubmissionPath::Duplicates(why) => Err(why.clone()),
        };
        let undecided = matches!(self.place, SubmissionPath::Duplicates(_));
        Submission { id: self.id.clone(), learner: self.learner.clone(), files, undecided }
    }
}

impl SubmissionPath {
    /// For people.
    pub fn shown(&self) -> String {
        match self {
            Self::Missing => "the roster".to_owned(),
            Self::Duplicates(why) => why.clone(),
            Self::Folder(path) | Self::Archive(path, _) | Self::Rejected(path, _) => display_path(path),
        }
    }
}

/// A library that panics at one learner's archive must not end the grading of all others.
pub(super) fn shielded(read: impl FnOnce() -> Result<Files, String>) -> Result<Files, String> {
    panic::catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err("the archive is so broken that the grader stumbled over it".to_owned()))
}
