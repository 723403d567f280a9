//! What the instructors' commands are made of: `cargo xtask grade` and `cargo xtask handout`.
//!
//! - [`confine`]: keeps submitted code apart from the machine
//! - [`handout`]: the copy of the course that learners get
//! - [`model`]: what grading finds out; every report is made from it
#![warn(clippy::pedantic)]
#![allow(
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "a library for this crate's program alone"
)]

pub mod confine;
pub mod handout;
pub mod model;
