//! Simulated threads that wait for the same thing.

use std::collections::VecDeque;
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::context::Participant;
use crate::scheduler::{Cause, Id, Simulation, Ticket, Wake};

/// Simulated threads that wait for the same thing, first come, first served.
#[derive(Debug, Default)]
pub(super) struct WaitQueue {
    waiters: Mutex<VecDeque<Waiter>>,
}

#[derive(Debug)]
struct Waiter {
    simulation: Arc<Simulation>,
    id: Id,
    ticket: Ticket,
}

impl WaitQueue {
    pub(super) const fn new() -> Self {
        Self { waiters: Mutex::new(VecDeque::new()) }
    }

    /// Blocks the calling thread until one of the `wake` methods reaches it or `timeout` has passed.
    pub(super) fn wait(
        &self,
        participant: &Participant,
        what: String,
        place: &'static Location<'static>,
        timeout: Option<Duration>,
    ) -> Wake {
        participant.block(Cause::Named(what), place, timeout, |ticket| {
            let simulation = Arc::clone(&participant.simulation);
            self.lock().push_back(Waiter { simulation, id: participant.id, ticket });
        })
    }

    /// Lets the thread go on that has waited longest.
    pub(super) fn wake_one(&self) {
        // Those who have stopped waiting are still in the queue: `unblock` passes them over.
        while let Some(waiter) = self.pop() {
            if waiter.simulation.unblock(waiter.id, waiter.ticket) {
                break;
            }
        }
    }

    pub(super) fn wake_all(&self) {
        while let Some(waiter) = self.pop() {
            waiter.simulation.unblock(waiter.id, waiter.ticket);
        }
    }

    fn pop(&self) -> Option<Waiter> {
        self.lock().pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Waiter>> {
        self.waiters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
