//! The end of a simulated thread: the baton stays with it until the last of its destructors has run.
//!
//! std drops a thread's result, if nobody will take it, and then its thread-locals. Both may send, lock or sleep, so they
//! belong into virtual time. A thread-local of our own is the last to be dropped, and it hands the baton over.

use std::cell::RefCell;

use crate::context::{self, Entered, Participant};

thread_local! {
    /// Initialised before the thread's function runs. Where destructors run in the reverse order, as std's do on all
    /// systems today, this one runs last.
    static FIRST: RefCell<Option<Farewell>> = const { RefCell::new(None) };
    /// Initialised while the thread-locals are dropped. Where destructors ran in the order of the initialisation, which
    /// std is free to choose, this one would run last.
    static LAST: RefCell<Option<Leave>> = const { RefCell::new(None) };
}

/// Ends the calling thread in virtual time when its last destructor has run.
pub(super) fn at_the_end(entered: Entered, participant: Participant) {
    FIRST.set(Some(Farewell(Some(Leave { entered: Some(entered), participant }))));
}

struct Farewell(Option<Leave>);

impl Drop for Farewell {
    fn drop(&mut self) {
        let leave = self.0.take();
        if !context::is_ending() {
            // The thread has not ended: it calls `process::exit`, which runs these destructors too. Nobody else may run
            // meanwhile, and do what depends on how long that takes.
            std::mem::forget(leave);
            return;
        }
        // If that fails, `leave` is dropped here.
        let _ = LAST.try_with(move |last| *last.borrow_mut() = leave);
    }
}

/// Leaves the simulation when dropped.
struct Leave {
    entered: Option<Entered>,
    participant: Participant,
}

impl Drop for Leave {
    fn drop(&mut self) {
        drop(self.entered.take());
        self.participant.simulation.finish(self.participant.id);
    }
}
