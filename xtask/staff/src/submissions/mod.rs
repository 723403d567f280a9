//! What was handed in: where each submission is, and its quests' files.
//!
//! - [`find`](mod@find): the submissions below the paths that the teacher gave
//! - [`roster`]: what the teacher knows about the learners
//! - `source`: one submission, found and then read
//! - `layout`: where the quests of one submission may be
//! - `folder`, `archive`, `open`: reading one submission without trusting it
//! - `names`: names of files for ids

mod archive;
pub mod find;
mod folder;
mod layout;
mod names;
mod open;
pub mod roster;
mod source;

pub use archive::ArchiveKind;
pub use find::{SubmissionList, find};
pub use layout::Files;
pub use names::file_name;
pub use roster::Roster;
pub use source::{FoundSubmission, Submission, SubmissionPath};

#[cfg(test)]
mod tests;
