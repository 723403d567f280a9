//! The mirror of [`std::sync::Barrier`].

use std::fmt;
use std::panic::Location;
use std::sync::{Mutex, PoisonError};

use super::raw_condvar::RawCondvar;
use crate::scheduler::WaitResult;

/// Lets a number of threads wait until all of them have arrived; like [`std::sync::Barrier`].
///
/// ```
/// use std::time::Duration;
/// use timeline::sync::Barrier;
/// use timeline::{record, simulate, thread};
///
/// let timeline = simulate(|| {
///     let barrier = Barrier::new(2);
///     thread::scope(|scope| {
///         for (name, seconds) in [("a", 1), ("b", 3)] {
///             let barrier = &barrier;
///             scope.spawn(move || {
///                 thread::sleep(Duration::from_secs(seconds));
///                 barrier.wait();
///                 record(name, "goes on");
///             });
///         }
///     });
/// });
/// assert_eq!(timeline.to_string(), "  3000 ms  b  goes on\n  3000 ms  a  goes on");
/// ```
pub struct Barrier {
    state: Mutex<BarrierState>,
    complete: RawCondvar,
    threads: usize,
}

struct BarrierState {
    /// Threads that are waiting.
    count: usize,
    /// How often all threads have arrived.
    generation: u64,
}

impl Barrier {
    /// A barrier for this many threads. A barrier for zero threads behaves like one for a single thread: nobody waits.
    #[must_use]
    pub const fn new(threads: usize) -> Self {
        Self { state: Mutex::new(BarrierState { count: 0, generation: 0 }), complete: RawCondvar::new(), threads }
    }

    /// Waits until all threads have arrived. The barrier can be used again at once.
    ///
    /// One of the threads is the [leader](BarrierWaitResult::is_leader): in a simulation, the last to arrive.
    #[track_caller]
    pub fn wait(&self) -> BarrierWaitResult {
        let location = Location::caller();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let generation = state.generation;
        state.count += 1;
        if state.count >= self.threads {
            state.count = 0;
            state.generation = generation.wrapping_add(1);
            drop(state);
            self.complete.notify_all();
            return BarrierWaitResult(true);
        }
        while state.generation == generation {
            let result;
            (state, result) =
                self.complete.wait(&self.state, state, None, "the other threads at a `Barrier`", location);
            if result == WaitResult::Halted {
                break;
            }
        }
        BarrierWaitResult(false)
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier").finish_non_exhaustive()
    }
}

/// What [`Barrier::wait`] returns; like [`std::sync::BarrierWaitResult`].
pub struct BarrierWaitResult(bool);

impl BarrierWaitResult {
    /// True for one of the threads that have waited together, and false for all others.
    #[must_use]
    pub fn is_leader(&self) -> bool {
        self.0
    }
}

impl fmt::Debug for BarrierWaitResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BarrierWaitResult").field("is_leader", &self.is_leader()).finish()
    }
}
