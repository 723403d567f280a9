//! Virtual time for blocking and async Rust: record what happened, and when, without waiting for it.
//!
//! Code calls [`record`], as it would call `println!`. Run for real, each event is printed as it happens. Run under
//! [`simulate`] or [`simulate_async`], no time passes, and the events come back as a [`Timeline`] that is the same each
//! time:
//!
//! ```
//! use std::time::Duration;
//! use timeline::{record, simulate, thread};
//!
//! fn job(name: &str, seconds: u64) {
//!     record(name, "started");
//!     thread::sleep(Duration::from_secs(seconds));
//!     record(name, "finished");
//! }
//!
//! let timeline = simulate(|| {
//!     thread::scope(|scope| {
//!         scope.spawn(|| job("Task 1", 3));
//!         scope.spawn(|| job("Task 2", 2));
//!     });
//! });
//! assert_eq!(
//!     timeline.to_string(),
//!     "     0 ms  Task 1  started
//!      0 ms  Task 2  started
//!   2000 ms  Task 2  finished
//!   3000 ms  Task 1  finished"
//! );
//! ```
//!
//! Blocking code takes [`thread`], [`sync`] and [`time`] from here in place of `std`'s. They have the same names and the
//! same behaviour, and outside a simulation they are `std`'s. Async code uses tokio as it is.
//!
//! # What stays real
//!
//! `std`'s own `thread::sleep`, `Mutex`, `Condvar` and `mpsc` know nothing of virtual time: a simulated thread that blocks
//! in one of them blocks the whole simulation. So does a loop that waits for an atomic without
//! [`thread::yield_now`]. Input and output take no virtual time at all.
//!
//! # Layout
//!
//! - `event`, `timeline`, `deadlock`: what comes out;
//! - `simulate`, `paused`: the two ways in; `paused` is the bridge to tokio's clock;
//! - `context`: which of them the calling thread belongs to; `record`: what it has to say;
//! - `scheduler`: threads, ready queue, deadlines and the virtual clock;
//! - [`thread`], [`sync`], [`time`]: the mirror of `std`.

#![warn(missing_docs, clippy::pedantic)]

mod context;
mod deadlock;
mod event;
mod log;
#[cfg(feature = "tokio")]
mod paused;
mod record;
mod scheduler;
mod simulate;
pub mod sync;
pub mod thread;
pub mod time;
mod timeline;

pub use deadlock::{Deadlock, Waiting};
pub use event::Event;
#[cfg(feature = "tokio")]
pub use paused::simulate_async;
pub use record::{record, section};
pub use simulate::{Interrupted, interrupted, simulate};
pub use timeline::{ParseError, Timeline};
