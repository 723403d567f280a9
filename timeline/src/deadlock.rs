//! The report of a simulation in which nothing can happen any more.

use std::fmt;
use std::time::Duration;

use crate::event::Milliseconds;

/// Nothing can happen any more: every thread waits, none of them with a deadline, or polls something in vain.
///
/// [`simulate`](crate::simulate) panics with this report as its message. [`interrupted`](crate::interrupted) returns
/// it, to tell a deadlock from any other panic.
///
/// ```
/// use timeline::{simulate, sync::mpsc};
///
/// let deadlock = std::panic::catch_unwind(|| {
///     simulate(|| {
///         let (_sender, receiver) = mpsc::channel::<u32>();
///         let _ = receiver.recv(); // The sender is alive and never sends.
///     })
/// });
/// assert!(deadlock.is_err());
/// let report = timeline::interrupted().expect("the simulation panicked").deadlock.expect("it was a deadlock");
/// assert_eq!(report.waiting[0].thread, "main");
/// assert_eq!(report.waiting[0].what, "a message from a channel");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadlock {
    /// When the last thread began to wait or to poll.
    pub at: Duration,
    /// Which threads wait or poll, and what for, in the order in which the threads were spawned.
    pub waiting: Vec<Waiting>,
}

/// One thread of a [`Deadlock`] and what it waits for, or polls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The thread: `main`, its own name, or its number.
    pub thread: String,
    /// What would unblock it, such as `a message from a channel`; or the call that it makes again and again.
    pub what: String,
    /// Where it waits or polls, as `file:line:column`; empty if that is not known.
    pub location: String,
    /// How often it has made that call in vain; zero if it waits.
    pub polls: u64,
}

impl std::error::Error for Deadlock {}

impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "deadlock at {} ms: nothing can happen any more", Milliseconds(self.at))?;
        for waiting in &self.waiting {
            f.write_str("\n  ")?;
            waiting.write(format_args!(" at {} ms", Milliseconds(self.at)), f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(format_args!(" in vain"), f)
    }
}

impl Waiting {
    fn write(&self, of_polls: fmt::Arguments<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { thread, what, polls, .. } = self;
        match polls {
            0 => write!(f, "{thread} waits for {what}")?,
            polls => write!(f, "{thread} polled {what} {polls} times{of_polls}")?,
        }
        if !self.location.is_empty() {
            write!(f, ", at {}", self.location)?;
        }
        Ok(())
    }
}
