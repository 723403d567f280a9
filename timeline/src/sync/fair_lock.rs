//! Who holds a lock and who is next: first come, first served.

use std::collections::VecDeque;
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, TryLockResult};
use std::time::Duration;

use crate::context::Participant;
use crate::scheduler::{Cause, Id, Simulation, Ticket, Wake};

type Place = &'static Location<'static>;

/// The order in which simulated threads get a lock of std's, which goes with it and holds the data.
///
/// A thread that unlocks hands the lock to the thread that has waited longest, so none overtakes it. Each simulation
/// has an order of its own: what another one holds, as the lock of a `static` can be, is waited for in real time.
#[derive(Debug, Default)]
pub(super) struct FairLock {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    last_hold: u64,
    holders: Vec<Holder>,
    waiters: VecDeque<(Holder, Ticket)>,
}

/// A simulated thread that holds a lock, or will, and where it asked for it.
#[derive(Clone, Debug)]
struct Holder {
    hold: Hold,
    simulation: Arc<Simulation>,
    id: Id,
    place: Place,
    access: Access,
}

/// The right of one thread to have locked; to be given back with [`FairLock::release`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hold(u64);

/// How a simulated thread has locked: with which right, if it had to have one, and where.
#[derive(Clone, Copy)]
pub(super) struct Held {
    pub(super) hold: Option<Hold>,
    pub(super) place: Place,
}

/// Whether others may hold the lock too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Exclusive,
    Shared,
}

impl FairLock {
    pub(super) const fn new() -> Self {
        Self { state: Mutex::new(State::new()) }
    }

    /// Waits in virtual time until it is the caller's turn, then locks. `name` names the lock in reports.
    ///
    /// Without a hold, the lock was got out of turn: a deadlock has ended the simulation, and the caller unwinds.
    pub(super) fn lock<G>(
        &self,
        me: &Participant,
        access: Access,
        name: &str,
        place: Place,
        try_lock: impl Fn() -> TryLockResult<G>,
    ) -> (TryLockResult<G>, Option<Hold>) {
        let hold = self.acquire(me, access, name, place);
        let mut pause = Duration::ZERO;
        loop {
            let locked = try_lock();
            if !matches!(locked, Err(TryLockError::WouldBlock)) {
                return (locked, hold);
            }
            if hold.is_none() || self.is_held_for_ever() {
                me.block(Cause::Named(self.describe(name)), place, None, |_| ());
            } else {
                // Another simulation or a real thread has the lock. It goes on meanwhile; the clock stands still.
                std::thread::sleep(pause);
                pause = (pause * 2).clamp(Duration::from_micros(1), Duration::from_millis(1));
            }
        }
    }

    /// Locks if nobody holds the lock or waits for it.
    pub(super) fn try_lock<G>(
        &self,
        me: &Participant,
        access: Access,
        place: Place,
        try_lock: impl Fn() -> TryLockResult<G>,
    ) -> (TryLockResult<G>, Option<Hold>) {
        let Some(hold) = self.try_acquire(me, access, place) else {
            return (Err(TryLockError::WouldBlock), None);
        };
        let locked = try_lock();
        if matches!(locked, Err(TryLockError::WouldBlock)) {
            self.release(hold);
            return (locked, None);
        }
        (locked, Some(hold))
    }

    /// Gives the right back, and hands it on.
    pub(super) fn give_back(&self, held: Option<Held>) {
        if let Some(hold) = held.and_then(|held| held.hold) {
            self.release(hold);
        }
    }

    fn release(&self, hold: Hold) {
        let Some(simulation) = self.state().remove(hold) else { return };
        // After a deadlock nobody waits for a turn any more.
        while !simulation.is_halted() {
            let Some((next, ticket)) = self.state().admit_next(&simulation) else { return };
            // Not under the lock of this state: `block` takes the two locks in the other order.
            if !simulation.unblock(next.id, ticket) {
                self.state().remove(next.hold);
            }
        }
    }

    fn acquire(&self, me: &Participant, access: Access, name: &str, place: Place) -> Option<Hold> {
        if let Some(hold) = self.try_acquire(me, access, place) {
            return Some(hold);
        }
        let what = self.describe(name);
        let mut own = None;
        let wake = me.block(Cause::Named(what), place, None, |ticket| {
            let mut state = self.state();
            let holder = state.newcomer(me, access, place);
            own = Some(holder.hold);
            state.waiters.push_back((holder, ticket));
        });
        own.filter(|_| wake == Wake::Unblocked)
    }

    fn try_acquire(&self, me: &Participant, access: Access, place: Place) -> Option<Hold> {
        let mut state = self.state();
        if state.is_taken(&me.simulation, access) {
            return None;
        }
        let holder = state.newcomer(me, access, place);
        let hold = holder.hold;
        state.holders.push(holder);
        Some(hold)
    }

    /// Whether a thread holds the lock whose simulation has ended: it will never go on.
    fn is_held_for_ever(&self) -> bool {
        let holders = self.state().holders.clone();
        holders.iter().any(|holder| holder.simulation.is_over())
    }

    /// What a thread that cannot lock waits for.
    fn describe(&self, name: &str) -> String {
        let holder = self.state().holders.first().cloned();
        let held = holder.map(|holder| {
            format!(" that {} has held since {}", holder.simulation.thread_name(holder.id), holder.place)
        });
        format!("{name}{}", held.unwrap_or_default())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}

impl State {
    const fn new() -> Self {
        Self { last_hold: 0, holders: Vec::new(), waiters: VecDeque::new() }
    }

    fn newcomer(&mut self, me: &Participant, access: Access, place: Place) -> Holder {
        self.last_hold += 1;
        Holder { hold: Hold(self.last_hold), simulation: Arc::clone(&me.simulation), id: me.id, place, access }
    }

    /// Whether a thread that comes now has to wait: for those who hold the lock, or for those who came before.
    fn is_taken(&self, simulation: &Arc<Simulation>, access: Access) -> bool {
        let waits = self.waiters.iter().any(|(waiter, _)| Arc::ptr_eq(&waiter.simulation, simulation));
        waits || self.is_held_against(simulation, access)
    }

    fn is_held_against(&self, simulation: &Arc<Simulation>, access: Access) -> bool {
        let excludes = |holder: &Holder| access == Access::Exclusive || holder.access == Access::Exclusive;
        self.holders.iter().any(|holder| Arc::ptr_eq(&holder.simulation, simulation) && excludes(holder))
    }

    /// Makes the thread a holder that is next, if it can be one already.
    fn admit_next(&mut self, simulation: &Arc<Simulation>) -> Option<(Holder, Ticket)> {
        let next = self.waiters.iter().position(|(waiter, _)| Arc::ptr_eq(&waiter.simulation, simulation))?;
        if self.is_held_against(simulation, self.waiters[next].0.access) {
            return None;
        }
        let (holder, ticket) = self.waiters.remove(next)?;
        self.holders.push(holder.clone());
        Some((holder, ticket))
    }

    /// Removes a holder; says in whose order it stood.
    fn remove(&mut self, hold: Hold) -> Option<Arc<Simulation>> {
        let index = self.holders.iter().position(|holder| holder.hold == hold)?;
        Some(self.holders.remove(index).simulation)
    }
}
