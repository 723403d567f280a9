//! Where there are no process groups: a process and its descendants. Windows' own program for this needs no further library.

use std::process::Command;

/// Kills a process and its descendants, as long as the process itself runs.
pub fn kill(group: u32) {
    let kill = |options: &[&str]| {
        let killed = Command::new("taskkill").args(options).arg("/PID").arg(group.to_string()).output();
        killed.is_ok_and(|killed| killed.status.success())
    };
    // Wine's knows no trees.
    let _ = kill(&["/F", "/T"]) || kill(&["/F"]);
}

/// Nothing stops a process here.
pub fn resume(_group: u32) {}
