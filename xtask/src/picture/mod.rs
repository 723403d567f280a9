//! What happened, as a picture: a lane for each task, time from left to right.
//!
//! [`lanes`], [`segments`] and [`difference`] find what there is to see; [`moments`] and [`scale`] give each event its column;
//! [`window`] chooses what is shown where not all of it fits; [`symbols`] has a character for each thing; [`drawing`] puts it
//! together for a terminal, [`export`] for other programs. [`steps`] replays a run step by step; [`reference_trace`] keeps
//! what the clock noted while the solutions ran.

pub mod difference;
mod drawing;
pub mod export;
pub mod lanes;
mod milliseconds;
mod moments;
pub mod reference_trace;
mod runs;
mod scale;
pub mod segments;
pub mod steps;
mod symbols;
mod window;

pub use drawing::{Drawing, MOST_EVENTS, of_first_difference};
pub use runs::{runs, trace_of_run};
