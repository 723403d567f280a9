//! Keeps submitted code apart from the machine, from the grader and from other submissions.
//!
//! A [`Policy`] says what a process may touch. It travels as words ([`Policy::words`]) to the launcher
//! ([`xtask::engine::launcher`]), which applies it to itself ([`apply`]) and then becomes the program.
//!
//! Two walls, both without privileges and so also inside the containers in which graders usually run:
//!
//! - Landlock: files that the policy does not name cannot be read, written or executed. `/proc` is among them.
//! - seccomp: no socket of any kind, no look into other processes, no signal to them, no change to their priority or their
//!   processors. In a test nothing but the system calls that Rust's std and tokio make, no further process and no further
//!   program either. So nothing can outlive a test, and namespaces, which containers seldom grant, have nothing left to add.
//!
//! Where the grader runs as root, what it confines has none of root's powers.
//!
//! In a build, the compiler is kept apart a second time: see [`compiler`].
//!
//! What the system grants of this is found out by trying it: [`probe`].

pub mod compiler;
#[cfg(target_os = "linux")]
mod linux;
pub mod probe;

use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::process::Command;

/// What a process may touch. Everything else is denied, as far as the system grants that.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Files, and folders with all that is in them, that may be read.
    pub read: Vec<PathBuf>,
    /// Those that may be read and executed.
    pub execute: Vec<PathBuf>,
    /// Those that may be read, written, made and removed.
    pub write: Vec<PathBuf>,
    /// Whether it may start processes and send signals.
    pub processes: bool,
}

/// Where the system keeps what every program loads.
pub const LIBRARIES: [&str; 5] = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache"];

/// What loads a program and its libraries. The kernel starts it in the program's stead, so it must be executable as the
/// program is; libraries need not be.
const LOADERS: [&str; 6] = [
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1",
    "/lib/ld-linux-riscv64-lp64d.so.1",
    "/lib/ld-musl-x86_64.so.1",
    "/lib/ld-musl-aarch64.so.1",
    "/lib/ld-musl-riscv64.so.1",
];

impl Policy {
    /// The policy of a program that needs nothing but the system's libraries.
    pub fn of_program(program: PathBuf) -> Self {
        let execute = LOADERS.iter().map(PathBuf::from).chain([program]).collect();
        let read = LIBRARIES.iter().map(PathBuf::from).collect();
        Self { read, execute, write: vec!["/dev/null".into()], processes: false }
    }

    /// For [`xtask::engine::launcher::Limits::confinement`].
    pub fn words(&self) -> String {
        serde_json::to_string(self).expect("a policy is plain data")
    }
}

/// Confines this process, which is about to become `program` or to start it, as the words of a policy say, as far as the
/// system grants it; empty words ask for nothing.
pub fn apply(words: &str, program: &Command) -> anyhow::Result<()> {
    if words.is_empty() {
        return Ok(());
    }
    let policy: Policy = serde_json::from_str(words)?;
    #[cfg(target_os = "linux")]
    linux::apply(&policy, program)?;
    #[cfg(not(target_os = "linux"))]
    let _ = (policy, program);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_survives_its_words() {
        let policy = Policy::of_program("/a program".into());
        assert_eq!(serde_json::from_str::<Policy>(&policy.words()).unwrap(), policy);
    }
}
