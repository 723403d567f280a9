//! What is to run with nothing of the runner's beside it: a test or a build that the machine disturbed runs again so.

use std::sync::{PoisonError, RwLock};

static MACHINE: RwLock<()> = RwLock::new(());

/// Does `work` beside whatever else is at work.
pub fn beside_others<T>(work: impl FnOnce() -> T) -> T {
    let _shared = MACHINE.read().unwrap_or_else(PoisonError::into_inner);
    work()
}

/// Waits until nothing else is at work, then does `work`, while all else waits.
pub fn alone<T>(work: impl FnOnce() -> T) -> T {
    let _sole = MACHINE.write().unwrap_or_else(PoisonError::into_inner);
    work()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    #[test]
    fn what_is_alone_has_nothing_beside_it() {
        let at_work = AtomicUsize::new(0);
        let enter = || at_work.fetch_add(1, Ordering::SeqCst);
        let leave = || at_work.fetch_sub(1, Ordering::SeqCst);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        beside_others(|| {
                            enter();
                            thread::yield_now();
                            leave();
                        });
                        alone(|| {
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
