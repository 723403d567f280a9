#![doc = include_str!("../README.md")]
//!
//! # Layout
//!
//! - `event`, `timeline`, `deadlock`, `parse_error`: the results of a simulation, and their text;
//! - `trace`: what a simulation notices by itself; `log`: collects events and trace; `probe`: a future that is traced;
//! - `simulate`, `simulate_async`: the two entry points; `interrupted`: what is left when a panic ends them;
//! - `context`: the simulation that the calling thread belongs to; `record`: adds an event to it;
//! - `scheduler`: threads, ready queue, deadlines and the virtual clock; `paused_clock`: tokio's clock;
//! - [`thread`], [`sync`], [`time`]: the mirror of `std`.

#![warn(missing_docs, clippy::pedantic)]

mod context;
mod deadlock;
mod event;
mod exiting;
mod interrupted;
mod location;
mod log;
mod parse_error;
#[cfg(feature = "tokio")]
mod paused_clock;
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
mod trace;

pub use deadlock::{Deadlock, Waiting};
pub use event::Event;
pub use interrupted::{Interrupted, interrupted};
pub use parse_error::ParseError;
pub use probe::{Probe, probe};
pub use record::{record, section};
pub use simulate::simulate;
#[cfg(feature = "tokio")]
pub use simulate_async::simulate_async;
pub use timeline::Timeline;
pub use trace::{TraceEvent, TraceKind, take_traces};
