//! The process groups that are alive, so that a signal to the runner ends all of them.

use super::process::Group;
use super::temporary;
use crate::exit;
use crate::say::tell;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

static LIVE: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Starts `command` and remembers its group. From the first call on, Ctrl-C and termination signals end all groups, then the runner.
pub fn spawn(command: &mut Command) -> std::io::Result<Group> {
    handle_signals();
    let mut live = live();
    let child = command.spawn()?;
    live.push(child.id());
    Ok(Group { child })
}

/// What to do, and to say, when the runner is stopped by a signal, after all processes were ended. Only the first call counts, and
/// from then on signals are handled.
pub fn at_stop(act: impl Fn() -> String + Send + Sync + 'static) {
    // A second act would be the same one.
    let _ = LAST_ACT.set(Box::new(act));
    handle_signals();
}

static LAST_ACT: OnceLock<Box<dyn Fn() -> String + Send + Sync>> = OnceLock::new();

/// Ends every process that was started, and removes their temporary files. None can start after this: the runner must exit.
pub fn end_all() {
    let live = live();
    for group in live.iter() {
        kill(*group);
    }
    // The lock is never given back.
    std::mem::forget(live);
    temporary::remove_all();
}

fn handle_signals() {
    static HANDLER: OnceLock<()> = OnceLock::new();
    HANDLER.get_or_init(|| {
        // Without a handler the launcher's parent-death signal still ends the processes on Linux.
        let _ = ctrlc::set_handler(|| {
            end_all();
            let words = LAST_ACT.get().map(|last_act| last_act()).unwrap_or_default();
            tell!("\nstopped; every process that was started is ended");
            if !words.is_empty() {
                tell!("{words}");
            }
            std::process::exit(exit::INTERRUPTED);
        });
    });
}

/// The group's processes were reaped: its number may belong to others from now on.
pub fn forget(group: u32) {
    live().retain(|other| *other != group);
}

/// Ends every process of a group.
#[cfg(unix)]
pub fn kill(group: u32) {
    if let Some(pid) = i32::try_from(group).ok().and_then(rustix::process::Pid::from_raw) {
        // That the group has ended already is the normal case.
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
    }
}

/// Lets every process of a group go on that was stopped.
#[cfg(unix)]
pub fn let_go_on(group: u32) {
    if let Some(pid) = i32::try_from(group).ok().and_then(rustix::process::Pid::from_raw) {
        // One that has ended by now needs nothing.
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::CONT);
    }
}

/// Nothing stops a process there.
#[cfg(not(unix))]
pub fn let_go_on(_group: u32) {}

/// Ends a process and what it has started. Windows has no groups, and its own program for this needs no further library.
#[cfg(not(unix))]
pub fn kill(group: u32) {
    let end = |options: &[&str]| {
        let ended = Command::new("taskkill").args(options).arg("/PID").arg(group.to_string()).output();
        ended.is_ok_and(|ended| ended.status.success())
    };
    // Wine's knows no trees.
    let _ = end(&["/F", "/T"]) || end(&["/F"]);
}

fn live() -> MutexGuard<'static, Vec<u32>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}
