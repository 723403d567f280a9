//! The mirror of [`std::thread`]: threads that sleep, park and end in virtual time.
//!
//! Inside [`simulate`](crate::simulate) one thread runs at a time, until it blocks, yields or ends. A new thread goes
//! to the end of the ready queue, and its parent keeps running. A thread has ended when its result, if nobody takes it,
//! and its thread-locals have been dropped. Outside a simulation, everything here is `std`'s.

mod exit;
mod handle;
mod scope;
mod spawn;

pub use std::thread::{AccessError, LocalKey, Result, ThreadId, available_parallelism, panicking};

pub use handle::{Thread, current, park, park_timeout};
pub use scope::{Scope, ScopedJoinHandle, scope};
pub use spawn::{Builder, JoinHandle, spawn};

use std::panic::Location;
use std::time::Duration;

use crate::context::{self, Context};

/// Puts the calling thread to sleep for `duration`.
///
/// Inside a simulation of blocking code, other threads run meanwhile; a sleep of zero is a [`yield_now`]. Inside a task
/// of [`simulate_async`](crate::simulate_async) it moves the clock and lets no other task run, as it would block an
/// event loop.
///
/// ```
/// use std::time::Duration;
/// use timeline::{simulate, thread};
///
/// simulate(|| thread::sleep(Duration::from_secs(3600))); // Takes no time at all.
/// ```
///
/// # Panics
///
/// In `spawn_blocking` inside [`simulate_async`](crate::simulate_async), where tokio's paused clock cannot follow.
#[track_caller]
pub fn sleep(duration: Duration) {
    match Context::current() {
        Context::Simulated(thread) => thread.sleep(duration, Location::caller()),
        #[cfg(feature = "tokio")]
        Context::Paused(clock) => clock.sleep(duration, Location::caller()),
        #[cfg(feature = "tokio")]
        Context::BlockingPool(_) => panic!(
            "`thread::sleep` was called in `spawn_blocking`, where virtual time cannot follow: \
             await `tokio::time::sleep` in the task instead"
        ),
        Context::Real => std::thread::sleep(duration),
    }
}

/// Lets all threads that are ready run first.
///
/// A loop that only yields until something happens comes to an end: when all threads only yield, the clock moves on to
/// the next deadline. If there is none, that is reported as a [`Deadlock`](crate::Deadlock).
///
/// ```
/// use std::sync::atomic::{AtomicBool, Ordering};
/// use std::time::Duration;
/// use timeline::{simulate, thread};
///
/// simulate(|| {
///     static DONE: AtomicBool = AtomicBool::new(false);
///     thread::spawn(|| {
///         thread::sleep(Duration::from_secs(3));
///         DONE.store(true, Ordering::Release);
///     });
///     while !DONE.load(Ordering::Acquire) {
///         thread::yield_now();
///     }
/// });
/// ```
#[track_caller]
pub fn yield_now() {
    if !context::poll("yield_now", Location::caller()) {
        std::thread::yield_now();
    }
}
