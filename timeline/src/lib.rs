#![doc = include_str!("../README.md")]
//!
//! # Layout
//!
//! - `event`, `timeline`, `deadlock`: what comes out;
//! - `note`: what the clock saw beside; `probe`: a future whose polls and wakes it sees;
//! - `simulate`, `simulate_async`: the two ways in; `ended`: what is left when a panic ends them;
//! - `context`: which of them the calling thread belongs to; `record`: what it has to say;
//! - `scheduler`: threads, ready queue, deadlines and the virtual clock; `paused`: tokio's clock;
//! - [`thread`], [`sync`], [`time`]: the mirror of `std`.

#![warn(missing_docs, clippy::pedantic)]

mod context;
mod deadlock;
mod ended;
mod event;
mod log;
mod note;
#[cfg(feature = "tokio")]
mod paused;
mod probe;
mod record;
mod scheduler;
mod simulate;
#[cfg(feature = "tokio")]
mod simulate_async;
pub mod sync;
pub mod thread;
pub mod time;
mod timeline;

pub use deadlock::{Deadlock, Waiting};
pub use ended::{Interrupted, interrupted};
pub use event::Event;
pub use note::{Note, Noted, noted};
pub use probe::{Probe, probe};
pub use record::{record, section};
pub use simulate::simulate;
#[cfg(feature = "tokio")]
pub use simulate_async::simulate_async;
pub use timeline::{ParseError, Timeline};
