//! The mirror of [`std::sync`]: locks, condition variables and channels that wait in virtual time.
//!
//! Inside [`simulate`](crate::simulate) a thread that waits lets the others run; those who wait for the same thing get it
//! in the order in which they came. Outside a simulation everything here behaves as `std`'s. What never waits for another
//! thread for long, such as atomics and [`OnceLock`], is `std`'s own.

mod condvar;
pub mod mpsc;
mod fair_lock;
mod mutex;
mod signal;
mod wait_queue;

pub use std::sync::{Arc, LazyLock, LockResult, OnceLock, PoisonError, TryLockError, TryLockResult, Weak, atomic};

pub use condvar::{Condvar, WaitTimeoutResult};
pub use mutex::{Mutex, MutexGuard};
