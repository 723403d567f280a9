//! Whether the calling thread is about to exit.

use std::cell::Cell;

thread_local! {
    /// Has no destructor, so it can be read while the thread's other thread-locals are dropped.
    static EXITING: Cell<bool> = const { Cell::new(false) };
}

/// Whether the calling thread's function has ended, so that only destructors still run. A panic there would abort the
/// process.
pub(crate) fn is_exiting() -> bool {
    EXITING.try_with(Cell::get).unwrap_or(true)
}

/// Marks the calling thread as exiting when dropped, that is, at the end of its function, however it ends.
pub(crate) struct MarkExiting;

impl Drop for MarkExiting {
    fn drop(&mut self) {
        let _ = EXITING.try_with(|exiting| exiting.set(true));
    }
}
