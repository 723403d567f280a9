//! Which threads hold a lock and which is next: first come, first served.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, TryLockResult};
use std::time::Duration;

use crate::context::{self, SimThread};
use crate::location::SourceLocation;
use crate::scheduler::{SimThreadId, Simulation, WaitId, WaitReason, WaitResult};

/// The order in which simulated threads get a lock of std's, which belongs to it and protects the data.
///
/// A thread that unlocks hands the lock to the thread that has waited longest, so that none overtakes it. Each
/// simulation has an order of its own. Threads wait in real time for what another simulation holds, such as the lock of
/// a `static`.
#[derive(Debug, Default)]
pub(super) struct FairLock {
    state: Mutex<LockState>,
}

#[derive(Debug)]
struct LockState {
    last_hold: u64,
    holders: Vec<LockHolder>,
    waiters: VecDeque<(LockHolder, WaitId)>,
}

/// A simulated thread that holds a lock or waits for it, and where it asked for it.
#[derive(Clone, Debug)]
struct LockHolder {
    hold: HoldId,
    simulation: Arc<Simulation>,
    id: SimThreadId,
    location: SourceLocation,
    access: Access,
}

/// Identifies one thread's hold on a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct HoldId(u64);

/// A simulated thread's hold on a lock, to be returned with [`FairLock::release`].
pub(super) struct HeldLock {
    /// `None` if the thread got the lock out of turn, since a deadlock has ended its simulation.
    hold: Option<HoldId>,
    thread: SimThread,
}

/// Whether others may hold the lock too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Exclusive,
    Shared,
}

impl FairLock {
    pub(super) const fn new() -> Self {
        Self { state: Mutex::new(LockState::new()) }
    }

    /// Waits in virtual time until it is the caller's turn, then locks. `name` is the lock's name in reports.
    pub(super) fn lock<G>(
        &self,
        thread: SimThread,
        access: Access,
        name: &str,
        location: SourceLocation,
        try_lock: impl Fn() -> TryLockResult<G>,
    ) -> (TryLockResult<G>, HeldLock) {
        let hold = self.acquire(&thread, access, name, location);
        let mut pause = Duration::ZERO;
        loop {
            let locked = try_lock();
            if !matches!(locked, Err(TryLockError::WouldBlock)) {
                return (locked, HeldLock { hold, thread });
            }
            if hold.is_none() || self.is_held_for_ever() {
                thread.block(WaitReason::Named(self.describe(name)), location, None, |_| ());
            } else {
                // Another simulation or a real thread holds the lock. It keeps running while this clock stands still.
                std::thread::sleep(pause);
                pause = (pause * 2).clamp(Duration::from_micros(1), Duration::from_millis(1));
            }
        }
    }

    /// Locks if no thread holds the lock or waits for it.
    pub(super) fn try_lock<G>(
        &self,
        thread: SimThread,
        access: Access,
        location: SourceLocation,
        try_lock: impl Fn() -> TryLockResult<G>,
    ) -> (TryLockResult<G>, Option<HeldLock>) {
        let Some(hold) = self.try_acquire(&thread, access, location) else {
            return (Err(TryLockError::WouldBlock), None);
        };
        let locked = try_lock();
        if matches!(locked, Err(TryLockError::WouldBlock)) {
            self.release_hold(hold, &thread.simulation);
            return (locked, None);
        }
        (locked, Some(HeldLock { hold: Some(hold), thread }))
    }

    /// Ends the caller's hold, and hands the lock to the next thread.
    pub(super) fn release(&self, held: &HeldLock) {
        if let Some(hold) = held.hold {
            self.release_hold(hold, &held.thread.simulation);
        }
    }

    fn release_hold(&self, hold: HoldId, simulation: &Arc<Simulation>) {
        let mut state = self.state();
        state.remove(hold);
        if state.waiters.is_empty() {
            return;
        }
        drop(state);
        // After a deadlock, threads no longer wait for their turn.
        while !simulation.has_deadlocked() {
            let Some((next, wait_id)) = self.state().admit_next(simulation) else { return };
            // Not under the lock of this state, since `block` takes the two locks in the opposite order.
            if !simulation.unblock(next.id, wait_id) {
                self.state().remove(next.hold);
            }
        }
    }

    /// Waits for the caller's turn. Returns nothing if a deadlock has ended the wait instead.
    fn acquire(&self, thread: &SimThread, access: Access, name: &str, location: SourceLocation) -> Option<HoldId> {
        if let Some(hold) = self.try_acquire(thread, access, location) {
            return Some(hold);
        }
        let reason = WaitReason::Named(self.describe(name));
        let mut own = None;
        let result = thread.block(reason, location, None, |wait_id| {
            let mut state = self.state();
            let holder = state.new_holder(thread, access, location);
            own = Some(holder.hold);
            state.waiters.push_back((holder, wait_id));
        });
        own.filter(|_| result == WaitResult::Unblocked)
    }

    fn try_acquire(&self, thread: &SimThread, access: Access, location: SourceLocation) -> Option<HoldId> {
        let mut state = self.state();
        if state.is_taken(&thread.simulation, access) {
            return None;
        }
        let holder = state.new_holder(thread, access, location);
        let hold = holder.hold;
        state.holders.push(holder);
        Some(hold)
    }

    /// Whether the lock is held by a thread whose simulation has ended, so that it will never run again.
    fn is_held_for_ever(&self) -> bool {
        let holders = self.state().holders.clone();
        holders.iter().any(|holder| holder.simulation.is_over())
    }

    /// Describes what a thread that cannot lock waits for.
    fn describe(&self, name: &str) -> String {
        let holder = self.state().holders.first().cloned();
        let held = holder.map(|holder| {
            format!(" that {} has held since {}", holder.simulation.thread_name(holder.id), holder.location)
        });
        format!("{name}{}", held.unwrap_or_default())
    }

    fn state(&self) -> MutexGuard<'_, LockState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts the end of a hold: as progress if the caller could write, or else as a check of what the lock protects, which
/// may stay as it is for ever. `name` is that of the call that locked.
pub(super) fn count_release(held: Option<&HeldLock>, name: &'static str, location: SourceLocation, has_written: bool) {
    match (held, has_written) {
        // Not by way of the thread's context, which takes longer.
        (Some(held), true) => held.thread.simulation.progress(),
        (Some(held), false) => held.thread.check(name, location),
        (None, true) => context::progress(),
        (None, false) => context::check(name, location),
    }
}

impl Default for LockState {
    fn default() -> Self {
        Self::new()
    }
}

impl LockState {
    const fn new() -> Self {
        Self { last_hold: 0, holders: Vec::new(), waiters: VecDeque::new() }
    }

    fn new_holder(&mut self, thread: &SimThread, access: Access, location: SourceLocation) -> LockHolder {
        self.last_hold += 1;
        let simulation = Arc::clone(&thread.simulation);
        LockHolder { hold: HoldId(self.last_hold), simulation, id: thread.id, location, access }
    }

    /// Whether a thread that comes now has to wait: for those that hold the lock, or for those that came before.
    fn is_taken(&self, simulation: &Arc<Simulation>, access: Access) -> bool {
        let has_waiters = self.waiters.iter().any(|(waiter, _)| Arc::ptr_eq(&waiter.simulation, simulation));
        has_waiters || self.is_held_against(simulation, access)
    }

    fn is_held_against(&self, simulation: &Arc<Simulation>, access: Access) -> bool {
        let excludes = |holder: &LockHolder| access == Access::Exclusive || holder.access == Access::Exclusive;
        self.holders.iter().any(|holder| Arc::ptr_eq(&holder.simulation, simulation) && excludes(holder))
    }

    /// Makes the next waiter a holder, if it can be one already.
    fn admit_next(&mut self, simulation: &Arc<Simulation>) -> Option<(LockHolder, WaitId)> {
        let next = self.waiters.iter().position(|(waiter, _)| Arc::ptr_eq(&waiter.simulation, simulation))?;
        if self.is_held_against(simulation, self.waiters[next].0.access) {
            return None;
        }
        let (holder, wait_id) = self.waiters.remove(next)?;
        self.holders.push(holder.clone());
        Some((holder, wait_id))
    }

    fn remove(&mut self, hold: HoldId) {
        if let Some(index) = self.holders.iter().position(|holder| holder.hold == hold) {
            self.holders.remove(index);
        }
    }
}
