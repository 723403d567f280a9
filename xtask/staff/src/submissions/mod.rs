//! Finds and reads what was handed in.
//!
//! - [`find`](mod@find): the submissions in the paths on the command line
//! - [`roster`]: what the teacher knows about the learners
//! - `platforms`: whose a file or a folder is, where Moodle, Canvas, Gradescope or GitHub Classroom delivered it
//! - `containers`: folders that hold several learners
//! - `source`: one submission, first found and then read
//! - `contents`: everything in one submission
//! - `known`, `layout`: which quest a file is, by its content and by its path
//! - `course_files`: the course's own files in a submission
//! - `choice`: which of several files counts, and what nobody recognized
//! - `folder`, `archive`, `open`: read one submission without trusting it
//! - `names`: ids, and file names for them

mod archive;
mod choice;
mod containers;
mod contents;
mod course_files;
pub mod find;
mod folder;
pub mod known;
mod layout;
mod names;
mod open;
mod platforms;
pub mod roster;
mod source;

pub use find::{SubmissionList, find};
pub use known::KnownQuest;
pub use layout::Files;
pub use names::file_name;
pub use roster::Roster;
pub use source::{FoundSubmission, HandIn, Submission, SubmissionPath};

#[cfg(test)]
mod tests;
