//! Wrapping the guards in the results of std's locks.

use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

/// Applies `wrap` to the guard, poisoned or not.
pub(super) fn map_guard<G, H>(locked: LockResult<G>, wrap: impl FnOnce(G) -> H) -> LockResult<H> {
    match locked {
        Ok(guard) => Ok(wrap(guard)),
        Err(poisoned) => Err(PoisonError::new(wrap(poisoned.into_inner()))),
    }
}

/// Applies `wrap` to the guard, if there is one, poisoned or not.
pub(super) fn try_map_guard<G, H>(locked: TryLockResult<G>, wrap: impl FnOnce(G) -> H) -> TryLockResult<H> {
    match locked {
        Ok(guard) => Ok(wrap(guard)),
        Err(TryLockError::Poisoned(poisoned)) => Err(PoisonError::new(wrap(poisoned.into_inner())).into()),
        Err(TryLockError::WouldBlock) => Err(TryLockError::WouldBlock),
    }
}

/// The result of a call that has waited until it could lock.
pub(super) fn after_waiting<G>(locked: TryLockResult<G>) -> LockResult<G> {
    match locked {
        Ok(guard) => Ok(guard),
        Err(TryLockError::Poisoned(poisoned)) => Err(poisoned),
        Err(TryLockError::WouldBlock) => unreachable!("a thread waits until it can lock"),
    }
}

pub(super) fn would_block<G>(locked: &TryLockResult<G>) -> bool {
    matches!(locked, Err(TryLockError::WouldBlock))
}
