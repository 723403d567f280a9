//! The process groups that are alive, so that a signal to the runner ends all of them.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub use other::{kill, resume};
#[cfg(unix)]
pub use unix::{kill, resume};

use super::temporary;
use crate::eprint_line;
use crate::exit;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

static LIVE: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Starts `command`, which leads a group, and registers the group. From the first call on, Ctrl-C and termination signals
/// kill all groups and end the runner.
pub fn spawn(command: &mut Command) -> std::io::Result<ProcessGroup> {
    handle_signals();
    let mut live = live();
    let child = command.spawn()?;
    live.push(child.id());
    Ok(ProcessGroup { child })
}

/// A running process that leads a group; the whole group is killed when this is dropped.
pub struct ProcessGroup {
    pub child: Child,
}

impl ProcessGroup {
    /// Waits for the end. The standard input stays open until then, for [`super::launcher::guarded`].
    pub fn wait(&mut self) -> std::io::Result<ExitStatus> {
        let _open = self.child.stdin.take();
        self.child.wait()
    }

    /// [`kill`]s the group.
    pub fn kill(&mut self) {
        // Without groups nothing is found through a process that has ended, so there is no need to look for it.
        if cfg!(unix) || matches!(self.child.try_wait(), Ok(None)) {
            kill(self.child.id());
        }
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        self.kill();
        // Reaped here, so that no zombie keeps the group's number.
        let _ = self.child.wait();
        unregister(self.child.id());
    }
}

/// What to do, and which line to print, when a signal stops the runner, after all processes were killed. Only the first call
/// counts, and from then on signals are handled.
pub fn on_stop(act: impl Fn() -> String + Send + Sync + 'static) {
    // A second act would be the same one.
    let _ = ON_STOP.set(Box::new(act));
    handle_signals();
}

static ON_STOP: OnceLock<Box<dyn Fn() -> String + Send + Sync>> = OnceLock::new();

/// Kills every process that was started, and removes their temporary files. None can start after this: the runner must exit.
pub fn kill_all() {
    let live = live();
    for group in live.iter() {
        kill(*group);
    }
    // The lock is never released.
    std::mem::forget(live);
    temporary::remove_all();
}

fn handle_signals() {
    static HANDLER: OnceLock<()> = OnceLock::new();
    HANDLER.get_or_init(|| {
        // Without a handler the launcher's parent-death signal still ends the processes on Linux.
        let _ = ctrlc::set_handler(|| {
            kill_all();
            let line = ON_STOP.get().map(|act| act()).unwrap_or_default();
            eprint_line!("\nStopped. Every process that was started has been killed.");
            if !line.is_empty() {
                eprint_line!("{line}");
            }
            std::process::exit(exit::INTERRUPTED);
        });
    });
}

/// The group's processes were reaped: its number may belong to others from now on.
fn unregister(group: u32) {
    live().retain(|other| *other != group);
}

fn live() -> MutexGuard<'static, Vec<u32>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}
