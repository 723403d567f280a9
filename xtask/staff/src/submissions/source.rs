//! One submission: where it is, and what it contains.

use super::archive;
use super::choice;
use super::contents::Contents;
use super::folder;
use super::known::KnownQuest;
use super::layout::Files;
use crate::model::Intake;
use crate::text::escape::display_path;
use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;

/// A submission that was found, but not read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundSubmission {
    /// The name of the folder, or of the archive without its extension.
    pub id: String,
    /// What the platform says about the learner, and the learner's row of the roster, by column.
    pub learner: BTreeMap<String, String>,
    /// When it was handed in, as RFC 3339 writes it, if the platform says so.
    pub submitted: Option<String>,
    /// What the teacher and the learner should know, a sentence each.
    pub remarks: Vec<String>,
    pub place: SubmissionPath,
}

/// Where a submission is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubmissionPath {
    /// Nowhere: the learner is on the roster, but handed in nothing.
    Missing,
    Folder(PathBuf),
    Archive(PathBuf),
    /// It is not read; why.
    Rejected(PathBuf, String),
    /// Several submissions have the same id, and nobody knows which one counts; which ones.
    Duplicates(String),
}

/// What was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    pub id: String,
    pub learner: BTreeMap<String, String>,
    /// When it was handed in, as RFC 3339 writes it, if the platform says so.
    pub submitted: Option<String>,
    pub hand_in: HandIn,
}

/// What was found in a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandIn {
    pub intake: Intake,
    /// The quests' files. Empty unless the submission was accepted.
    pub files: Files,
    /// A message for the learner: why nothing can be graded. It names no path outside the submission.
    pub problem: Option<String>,
    /// Why quests that were not found may have been handed in: a part of the submission was not read.
    pub unread: Option<String>,
    /// What the teacher and the learner should know, a sentence each.
    pub remarks: Vec<String>,
}

impl HandIn {
    /// These files; if there are none, nothing was handed in.
    pub fn of(files: Files) -> Self {
        let intake = if files.is_empty() { Intake::Missing } else { Intake::Accepted };
        Self { intake, files, problem: None, unread: None, remarks: Vec::new() }
    }

    /// Nothing that can be graded, and why.
    pub fn without_score(intake: Intake, why: String) -> Self {
        Self { intake, files: Files::new(), problem: Some(why), unread: None, remarks: Vec::new() }
    }
}

impl FoundSubmission {
    /// A submission of nobody in particular yet.
    pub fn new(place: SubmissionPath) -> Self {
        Self { id: String::new(), learner: BTreeMap::new(), submitted: None, remarks: Vec::new(), place }
    }

    /// Reads the quests' files. `quests` are the course's.
    pub fn read(&self, quests: &[KnownQuest]) -> Submission {
        let unread = match self.place {
            SubmissionPath::Duplicates(_) => Intake::Undecided,
            _ => Intake::Unreadable,
        };
        let mut hand_in = shielded("the archive is corrupt, and the grader could not read it", || self.contents())
            .and_then(|contents| contents)
            .and_then(|contents| {
                shielded("the grader could not tell which of the files count", || choice::choose(&contents, quests))
            })
            .unwrap_or_else(|why| HandIn::without_score(unread, why));
        if hand_in.intake == Intake::Missing && matches!(self.place, SubmissionPath::Archive(_)) {
            hand_in = HandIn::without_score(Intake::NotRecognized, "The archive is empty".to_owned());
        }
        hand_in.remarks.splice(..0, self.remarks.iter().cloned());
        let (id, learner, submitted) = (self.id.clone(), self.learner.clone(), self.submitted.clone());
        Submission { id, learner, submitted, hand_in }
    }

    fn contents(&self) -> Result<Contents, String> {
        match &self.place {
            SubmissionPath::Missing => Ok(Contents::default()),
            SubmissionPath::Folder(path) => folder::read(path),
            SubmissionPath::Archive(path) => archive::read(path),
            SubmissionPath::Rejected(_, why) | SubmissionPath::Duplicates(why) => Err(why.clone()),
        }
    }
}

impl SubmissionPath {
    /// For people.
    pub fn shown(&self) -> String {
        match self {
            Self::Missing => "the roster".to_owned(),
            Self::Duplicates(why) => why.clone(),
            Self::Folder(path) | Self::Archive(path) | Self::Rejected(path, _) => display_path(path),
        }
    }
}

/// A panic at one learner's files, in a library or here, must not stop the grading of the others.
pub(super) fn shielded<T>(otherwise: &str, read: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(read)).map_err(|_| otherwise.to_owned())
}
