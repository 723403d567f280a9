//! The end of a simulated thread: no other thread runs until the last of its destructors has.
//!
//! std drops a thread's result, if nobody will take it, and then its thread-locals. Both may send, lock or sleep, so
//! they must be dropped in virtual time. The last thread-local to be dropped is one of this module. It lets the next
//! thread run.

use std::cell::RefCell;

use crate::context::{EnterGuard, SimThread};
use crate::exiting::is_exiting;

thread_local! {
    /// Initialised before the thread's function runs. If destructors run in reverse order, as they do on all systems
    /// today, this one runs last.
    static FIRST: RefCell<Option<ExitHook>> = const { RefCell::new(None) };
    /// Initialised while the thread-locals are dropped. If destructors run in the order of initialisation, which std
    /// does not rule out, this one runs last.
    static LAST: RefCell<Option<FinishThread>> = const { RefCell::new(None) };
}

/// Finishes the calling thread in virtual time when its last destructor has run.
pub(super) fn finish_on_exit(entered: EnterGuard, thread: SimThread) {
    FIRST.set(Some(ExitHook(Some(FinishThread { entered: Some(entered), thread }))));
}

struct ExitHook(Option<FinishThread>);

impl Drop for ExitHook {
    fn drop(&mut self) {
        let finish = self.0.take();
        if !is_exiting() {
            // The thread's function is still running: it has called `process::exit`, which runs these destructors too.
            // Other threads must not run meanwhile: what they did would depend on how long the exit takes.
            std::mem::forget(finish);
            return;
        }
        // If that fails, `finish` is dropped here.
        let _ = LAST.try_with(move |last| *last.borrow_mut() = finish);
    }
}

/// Leaves the simulation when dropped.
struct FinishThread {
    entered: Option<EnterGuard>,
    thread: SimThread,
}

impl Drop for FinishThread {
    fn drop(&mut self) {
        drop(self.entered.take());
        self.thread.simulation.finish_thread(self.thread.id);
    }
}
