//! The course's own solution of each quest, one module a quest.
#![warn(clippy::pedantic)]
#![allow(
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "signatures and documentation are those of the stubs; what may panic here states an invariant"
)]

pub mod quest_01_blocking;
pub mod quest_02_timer;
pub mod quest_03_queue;
pub mod quest_04_sleep;
pub mod quest_05_gather;
pub mod quest_06_custom_loop;
pub mod quest_07_periodic;
pub mod quest_08_prodcons;
pub mod quest_09_debug;
pub mod quest_10_pipeline;
