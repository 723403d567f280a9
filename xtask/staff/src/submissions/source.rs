//! One submission: where it is, and what is read from there.

use super::archive::{self, Kind};
use super::folder;
use super::layout::Files;
use crate::told::visible_path;
use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;

/// Where one submission is: found, not yet read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The folder's name, or the archive's without its ending.
    pub id: String,
    /// What the roster says about its learner, by column.
    pub learner: BTreeMap<String, String>,
    pub place: Place,
}

/// What a submission is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The roster knows the learner, and there is no submission.
    Nowhere,
    Folder(PathBuf),
    Archive(PathBuf, Kind),
    /// It will not be read; why, in words.
    Refused(PathBuf, String),
    /// There are several, and nobody knows which one counts; which ones, in words.
    Twins(String),
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

impl Source {
    /// Reads the files of the course's quests. `packages` are their numbers and packages: `(3, "quest-03-queue")`.
    pub fn read(&self, packages: &[(u32, String)]) -> Submission {
        let files = match &self.place {
            Place::Nowhere => Ok(Files::new()),
            Place::Folder(path) => folder::read(path, packages),
            Place::Archive(path, kind) => shielded(|| archive::read(path, *kind, packages)),
            Place::Refused(_, why) | Place::Twins(why) => Err(why.clone()),
        };
        let undecided = matches!(self.place, Place::Twins(_));
        Submission { id: self.id.clone(), learner: self.learner.clone(), files, undecided }
    }
}

impl Place {
    /// For people.
    pub fn shown(&self) -> String {
        match self {
            Self::Nowhere => "the roster".to_owned(),
            Self::Twins(why) => why.clone(),
            Self::Folder(path) | Self::Archive(path, _) | Self::Refused(path, _) => visible_path(path),
        }
    }
}

/// A library that panics at one learner's archive must not end the grading of all others.
pub(super) fn shielded(read: impl FnOnce() -> Result<Files, String>) -> Result<Files, String> {
    panic::catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err("the archive is so broken that the grader stumbled over it".to_owned()))
}
