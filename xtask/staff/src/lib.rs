//! The library behind the commands for instructors and authors: `cargo xtask grade | handout | verify | ci`.
//!
//! Grading a class uses these modules, in this order:
//!
//! - [`submissions`]: finds and reads what was handed in, and matches it with the roster
//! - [`class`]: grades all submissions with several workers, in the [`work_dir`]
//! - [`grading`]: grades one submission; earlier results come from the [`store`]
//! - [`building`]: builds its quests on a [`stage`], with the [`toolchain`], under [`confine`]
//! - [`expected`]: what each test must observe
//! - [`anonymous`]: numbers in place of names, for graders
//! - [`policy`]: what the teacher decides about grades, from `grading.toml`
//! - [`model`]: the results; every report is rendered from them, and those on the whole class from their [`outline`]
//! - [`results`]: the results of a class, in memory or in the files of its shards
//! - [`similarity`]: finds similar files for a teacher to look at
//! - [`report`]: renders the reports; [`pages`] removes those that are stale
//! - [`memory_plan`]: how many submissions are graded at once; `progress` shows how far the class is
//! - [`points`]: exact points, in hundredths
//! - [`handout`]: the learners' copy of the course
//! - [`catalogue`]: the programs that the tests are tried on
//! - [`package`]: what Gradescope and GitHub Classroom need to run the grader
//! - [`shard`], [`merge`]: split one class over several machines
//!
//! [`fingerprint`] detects changes, and [`seed`] is the secret of the hidden scenarios. [`text`], [`bounds`] and [`local_paths`]
//! make submitted text safe for reports.
//!
//! # Why a separate crate
//!
//! Learners never compile it, and the handout leaves it out. A feature of the runner could do neither, and would
//! rebuild the runner at each change between the two. `cargo xtask` builds this crate when one of its commands is first
//! used.
#![warn(clippy::pedantic)]
#![allow(rustdoc::private_intra_doc_links, reason = "its readers read the private modules, too")]
#![allow(
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "only this crate's program uses the library"
)]

pub mod anonymous;
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
pub mod memory_plan;
pub mod merge;
pub mod model;
mod outline;
pub mod package;
pub mod pages;
pub mod points;
pub mod policy;
mod progress;
pub mod report;
pub mod results;
pub mod seed;
pub mod shard;
pub mod similarity;
pub mod stage;
pub mod store;
pub mod submissions;
pub mod text;
pub mod toolchain;
pub mod work_dir;
