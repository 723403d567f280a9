//! Process groups as unix has them.

use rustix::process::{Pid, Signal, kill_process_group};

/// Kills every process of the group.
pub fn kill(group: u32) {
    signal(group, Signal::KILL);
}

/// Resumes every process of the group that was stopped.
pub fn resume(group: u32) {
    signal(group, Signal::CONT);
}

fn signal(group: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(group).ok().and_then(Pid::from_raw) {
        // That the group has ended already is the normal case.
        let _ = kill_process_group(pid, signal);
    }
}
