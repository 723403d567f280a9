//! The mirror of [`std::sync`]: locks, condition variables, barriers and channels that wait in virtual time.
//!
//! Inside [`simulate`](crate::simulate), other threads run while one waits, and threads that wait for the same thing
//! get it in the order in which they came. Calls that never wait, such as `try_lock`, let the others run too when they
//! have nothing for their caller, and try once more before they say so. Outside a simulation, everything here behaves
//! like `std`'s. What never waits for another thread, such as atomics, is `std`'s own.
//!
//! All of these can be `static`, and shared by simulations that run side by side. Threads wait in real time for what
//! another simulation has locked.

mod barrier;
mod condvar;
mod fair_lock;
mod lazy_lock;
mod lock_result;
pub mod mpsc;
mod mutex;
mod once;
mod once_lock;
mod raw_condvar;
mod rw_lock;
mod wait_queue;

pub use std::sync::{Arc, LockResult, PoisonError, TryLockError, TryLockResult, Weak, atomic};

pub use barrier::{Barrier, BarrierWaitResult};
pub use condvar::{Condvar, WaitTimeoutResult};
pub use lazy_lock::LazyLock;
pub use mutex::{Mutex, MutexGuard};
pub use once::{Once, OnceState};
pub use once_lock::OnceLock;
pub use rw_lock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
