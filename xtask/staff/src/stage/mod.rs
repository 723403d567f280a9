//! Generated workspaces: copies of the course, or of parts of it, with other programs in place of the learner's.
//!
//! - [`submission`]: where `grade` builds the quests of one submission, all of them in one test program
//! - [`catalogue`]: where `verify` builds every program that is kept to try the tests on, each in a package of its own
//! - [`tree`]: copies files; `ci` and `handout` make their copies of the course with it, too
//! - [`manifests`], [`lock_file`]: what the workspaces take over from the course's

pub mod catalogue;
pub mod lock_file;
mod manifests;
pub mod submission;
pub mod tree;

pub use submission::Stage;
