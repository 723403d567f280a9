//! The machine as a lock: a test or a build that the machine disturbed runs again while nothing else of the runner does.

use std::sync::{PoisonError, RwLock};

static MACHINE: RwLock<()> = RwLock::new(());

/// Does `work` while other shared work goes on.
pub fn shared<T>(work: impl FnOnce() -> T) -> T {
    let _shared = MACHINE.read().unwrap_or_else(PoisonError::into_inner);
    work()
}

/// Waits until no other work goes on, then does `work` while all other work waits.
pub fn exclusive<T>(work: impl FnOnce() -> T) -> T {
    let _sole = MACHINE.write().unwrap_or_else(PoisonError::into_inner);
    work()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    #[test]
    fn exclusive_work_runs_alone() {
        let at_work = AtomicUsize::new(0);
        let enter = || at_work.fetch_add(1, Ordering::SeqCst);
        let leave = || at_work.fetch_sub(1, Ordering::SeqCst);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        shared(|| {
                            enter();
                            thread::yield_now();
                            leave();
                        });
                        exclusive(|| {
                            assert_eq!(enter(), 0);
                            thread::yield_now();
                            assert_eq!(leave(), 1);
                        });
                    }
                });
            }
        });
    }
}
