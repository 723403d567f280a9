//! What all commands of the runner share. The watcher and the instructors' crate build on it, too.
//!
//! - [`course`]: the quests, read from their manifests; [`state`]: what the runner remembers in `.course/`
//! - [`engine`]: builds the tests, runs each in a process of its own, judges what it observed
//! - [`hints`], [`stub`]: what `hint` and `reset` do
//! - [`report`]: verdicts as text for people and JSON for tools
//! - [`picture`]: what happened, drawn
//! - [`terminal`]: colours, wrapping and printing, on which reports and pictures are built
//! - [`exit`]: the exit codes; [`files`]: safe writing
//!
//! # Target folders
//!
//! - `target/xtask`: the runner, the watcher and the instructors' crate
//! - `target/quests`: what learners write
//! - `target/stage`: the programs that `verify` judges
//! - `target/grade`: the grader's stages, stored results and lock
//! - `target/ci`: the copy of the course that `ci` works on, in which every `learner.rs` is the stub
//!
//! Neither rust-analyzer nor `cargo test` holds their locks, so they never keep the runner waiting. The price: a
//! learner who also uses `cargo test` compiles tokio twice.
#![warn(clippy::pedantic)]
#![allow(rustdoc::private_intra_doc_links, reason = "its readers have the private modules, too")]
#![allow(
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "a library for this workspace alone"
)]

mod align;
pub mod course;
pub mod engine;
pub mod exit;
pub mod files;
pub mod hints;
pub mod picture;
pub mod report;
pub mod state;
pub mod stub;
pub mod terminal;
