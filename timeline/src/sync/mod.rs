//! The mirror of [`std::sync`]: locks, condition variables, barriers and channels that wait in virtual time.
//!
//! Inside [`simulate`](crate::simulate) a thread that waits lets the others run; those who wait for the same thing get it
//! in the order in which they came. A call that never waits, such as `try_lock`, lets the others run too when it has
//! nothing for its caller, and asks once more before it says so. Outside a simulation everything here behaves as `std`'s.
//! What never waits for another thread, such as atomics, is `std`'s own.
//!
//! All of these can be `static`, and shared by simulations that run side by side. What another simulation has locked is
//! waited for in real time.

mod barrier;
mod condvar;
mod fair_lock;
mod lazy_lock;
pub mod mpsc;
mod mutex;
mod once;
mod once_lock;
mod rw_lock;
mod signal;
mod wait_queue;

pub use std::sync::{Arc, LockResult, PoisonError, TryLockError, TryLockResult, Weak, atomic};

pub use barrier::{Barrier, BarrierWaitResult};
pub use condvar::{Condvar, WaitTimeoutResult};
pub use lazy_lock::LazyLock;
pub use mutex::{Mutex, MutexGuard};
pub use once::{Once, OnceState};
pub use once_lock::OnceLock;
pub use rw_lock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
