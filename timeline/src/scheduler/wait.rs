//! One wait of one thread: what it is for, and how it ends.

/// A thread's index in its simulation.
pub(crate) type SimThreadId = usize;

/// The thread that called `simulate`.
pub(crate) const ROOT: SimThreadId = 0;

/// What a thread waits for.
#[derive(Clone, Debug)]
pub(crate) enum WaitReason {
    /// Its own deadline, and nothing else.
    Sleep,
    /// A call of `unpark`.
    Park,
    /// The end of another thread.
    Join(SimThreadId),
    /// Something that a primitive of [`crate::sync`] names, such as "a message from a channel".
    Named(String),
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaitResult {
    /// What the thread waited for has happened.
    Unblocked,
    /// The deadline came first.
    TimedOut,
    /// A deadlock has ended the simulation, and this thread is unwinding.
    Halted,
}

/// Identifies one wait of one thread. Once that wait is over, the ID matches nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WaitId(pub(super) u64);
