//! `grading.toml`: what a teacher decides about grades, beside the class.
//!
//! Results in the store know nothing of it, so a changed file takes effect in seconds. Decisions are applied in this order, and each
//! is named in the reports and in the learner's feedback:
//!
//! 1. tests and quests that do not count, and other points for them, for everyone
//! 2. points for a quest that the teacher sets, and comments, for one learner
//! 3. extra points, and the penalty for lateness
//! 4. the scale of the total
//!
//! A learner without a score gets none by any of this, unless the teacher sets the points of every quest.

mod apply;
mod file;
mod late;
#[cfg(test)]
mod tests;

pub use file::{Policy, PolicyError};

/// The file's name.
pub const FILE: &str = "grading.toml";
