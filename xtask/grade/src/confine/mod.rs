//! Keeps submitted code apart from the machine, from the grader and from other submissions.
//!
//! A [`Policy`] says what a process may touch. It travels as words ([`Policy::words`]) to the launcher
//! ([`xtask::engine::limits`]), which applies it to itself ([`apply`]) and then becomes the program.
//!
//! Two walls, both without privileges and so also inside the containers in which graders usually run:
//!
//! - Landlock: files that the policy does not name cannot be read, written or executed. `/proc` is among them.
//! - seccomp: no socket of any kind, no look into other processes, no signal to them; in a test no further process either. So
//!   nothing can outlive a test, and namespaces, which containers seldom grant, have nothing left to add.
//!
//! What the system grants of this is found out by trying it: [`probe`].

#[cfg(target_os = "linux")]
mod linux;
pub mod probe;

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

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

impl Policy {
    /// The policy of a program that needs nothing but the system's libraries.
    pub fn of_program(program: PathBuf) -> Self {
        let libraries: Vec<PathBuf> = LIBRARIES.iter().map(PathBuf::from).collect();
        let mut execute = libraries.clone();
        execute.push(program);
        Self { read: libraries, execute, write: vec!["/dev/null".into()], processes: false }
    }

    /// For [`xtask::engine::limits::Limits::confinement`].
    pub fn words(&self) -> String {
        serde_json::to_string(self).expect("a policy is plain data")
    }
}

/// Confines this process as the words of a policy say, as far as the system grants it; empty words ask for nothing.
pub fn apply(words: &str) -> anyhow::Result<()> {
    if words.is_empty() {
        return Ok(());
    }
    let policy: Policy = serde_json::from_str(words)?;
    #[cfg(target_os = "linux")]
    linux::apply(&policy)?;
    #[cfg(not(target_os = "linux"))]
    let _ = policy;
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
