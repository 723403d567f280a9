//! What the instructors' commands are made of: `cargo xtask grade` and `cargo xtask handout`.
//!
//! A class goes through these, in this order:
//!
//! - [`submissions`]: what was handed in, and who the learners are
//! - [`class`]: all of it, by several workers, in the [`work_dir`]
//! - [`grading`]: one submission; what was graded before is in the [`store`]
//! - [`building`]: builds its quests on a [`stage`], with the [`toolchain`], under [`confine`]
//! - [`expected`]: what must be observed
//! - [`model`]: what grading finds out; every report is made from it
//! - [`similar`]: files that are alike, for a teacher to look at
//! - [`report`]: the reports
//! - [`handout`]: the copy of the course that learners get
//! - [`shard`], [`merge`]: one class graded on many machines
//!
//! [`fingerprint`] tells what is the same as before, [`seed`] is the secret of the hidden scenarios. [`text`], [`bounds`] and [`local_paths`] make
//! what others wrote fit for reports.
#![warn(clippy::pedantic)]
#![allow(rustdoc::private_intra_doc_links, reason = "its readers have the private modules, too")]
#![allow(
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "a library for this crate's program alone"
)]

mod bounds;
pub mod building;
pub mod catalogue;
pub mod class;
pub mod confine;
pub mod expected;
pub mod fingerprint;
pub mod grading;
pub mod handout;
pub mod local_paths;
pub mod merge;
pub mod model;
mod progress;
pub mod report;
pub mod seed;
pub mod shard;
pub mod similar;
pub mod stage;
pub mod store;
pub mod submissions;
pub mod text;
pub mod toolchain;
pub mod work_dir;
