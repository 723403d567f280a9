//! How a process ended.

use std::process::ExitStatus;

/// Why a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// By itself, with this exit code.
    Code(i32),
    /// By a signal that the runner did not send.
    Signal(i32),
    /// Killed: it used too much CPU time.
    TooMuchWork,
    /// Killed: it took too long on the clock.
    TooLong,
    /// Killed: it printed too much.
    TooMuchOutput,
    /// Killed: it wrote too much into files.
    TooMuchWritten,
    /// Killed: it had too many threads.
    TooManyThreads,
    /// Killed: it held much of the machine's memory, of which next to nothing was left.
    LackedMemory,
    /// Killed: all its threads slept, and no CPU time passed.
    Idle,
    /// Killed: it was stopped, as by `SIGSTOP`, and stopped again after the runner had resumed it.
    Stopped,
}

impl From<ExitStatus> for Exit {
    fn from(status: ExitStatus) -> Self {
        #[cfg(unix)]
        if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
            return Self::Signal(signal);
        }
        Self::Code(status.code().unwrap_or(-1))
    }
}
