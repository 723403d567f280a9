//! A queue of simulated threads that wait for the same thing.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::context::SimThread;
use crate::location::SourceLocation;
use crate::scheduler::{SimThreadId, Simulation, WaitId, WaitReason, WaitResult};

/// Simulated threads that wait for the same thing, first come, first served.
#[derive(Debug, Default)]
pub(super) struct WaitQueue {
    waiters: Mutex<VecDeque<Waiter>>,
}

#[derive(Debug)]
struct Waiter {
    simulation: Arc<Simulation>,
    id: SimThreadId,
    wait_id: WaitId,
}

impl WaitQueue {
    pub(super) const fn new() -> Self {
        Self { waiters: Mutex::new(VecDeque::new()) }
    }

    /// Blocks the calling thread until one of the `wake` methods reaches it or `timeout` has passed.
    pub(super) fn wait(
        &self,
        thread: &SimThread,
        what: String,
        location: SourceLocation,
        timeout: Option<Duration>,
    ) -> WaitResult {
        thread.block(WaitReason::Named(what), location, timeout, |wait_id| {
            let simulation = Arc::clone(&thread.simulation);
            self.lock().push_back(Waiter { simulation, id: thread.id, wait_id });
        })
    }

    /// Wakes the thread that has waited longest.
    pub(super) fn wake_one(&self) {
        // The queue still contains waits that have timed out, for which `unblock` returns false.
        while let Some(waiter) = self.pop() {
            if waiter.simulation.unblock(waiter.id, waiter.wait_id) {
                break;
            }
        }
    }

    pub(super) fn wake_all(&self) {
        while let Some(waiter) = self.pop() {
            waiter.simulation.unblock(waiter.id, waiter.wait_id);
        }
    }

    fn pop(&self) -> Option<Waiter> {
        self.lock().pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Waiter>> {
        self.waiters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
