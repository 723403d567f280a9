//! What all commands of the runner share. The watcher and the instructors' crate build on it, too.
//!
//! - [`course`]: the quests, read from their manifests; [`state`]: what the runner remembers in `.course/`
//! - [`engine`]: builds the tests, runs each in a process of its own, judges what it observed
//! - [`hints`], [`stub`]: what `hint` and `reset` do
//! - [`report`]: verdicts as text for people and JSON for tools
//! - [`picture`]: what happened, drawn
//! - [`terminal`]: colours, wrapping and printing, on which reports and pictures are built
//! - [`exit`]: the exit codes; [`files`]: safe writing
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
