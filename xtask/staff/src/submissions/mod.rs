//! Finds and reads what was handed in.
//!
//! - [`find`](mod@find): the submissions in the paths on the command line
//! - [`roster`]: what the teacher knows about the learners
//! - `platforms`: whose a file or a folder is, where Moodle, Canvas, Gradescope or GitHub Classroom delivered it
//! - `containers`: folders that hold several learners
//! - `source`: one submission, first found and then read
//! - `layout`: where the quests of one submission may be
//! - `folder`, `archive`, `open`: read one submission without trusting it
//! - `names`: ids, and file names for them

mod archive;
mod containers;
pub mod find;
mod folder;
mod layout;
mod names;
mod open;
mod platforms;
pub mod roster;
mod source;

pub use archive::ArchiveKind;
pub use find::{SubmissionList, find};
pub use layout::Files;
pub use names::file_name;
pub use roster::Roster;
pub use source::{FoundSubmission, HandIn, Submission, SubmissionPath};

#[cfg(test)]
mod tests;
