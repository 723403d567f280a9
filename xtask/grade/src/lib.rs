//! What the instructors' commands are made of: `cargo xtask grade` and `cargo xtask handout`.
//!
//! - [`model`]: what grading finds out; every report is made from it
//! - [`submissions`]: what was handed in, and who the learners are
//! - [`shard`], [`merge`]: one class graded on many machines
//! - [`stable`]: hashes that are the same everywhere
#![warn(clippy::pedantic)]
#![allow(
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "a library for this crate's program alone"
)]

pub mod merge;
pub mod model;
pub mod shard;
pub mod stable;
pub mod submissions;
