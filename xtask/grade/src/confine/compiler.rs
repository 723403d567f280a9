//! The compiler, kept apart from what cargo may read.
//!
//! Cargo reads settings that may hold tokens and passwords, and never looks into a submission. The compiler reads whatever a
//! submission gets it to read, and shows it in its messages. So the grader stands in for the compiler: cargo starts it, it takes
//! from itself what only cargo needs, and becomes the compiler. What the compiler starts, the linker above all, is confined
//! with it.

use super::Policy;
use anyhow::Context as _;
use std::env;
use std::ffi::OsString;
use std::path::Path;
#[cfg(target_os = "linux")]
use std::process::Command;
use std::process::ExitCode;

/// Holds the compiler to become, and in words the policy for it.
const VARIABLE: &str = "EVENT_LOOP_QUESTS_COMPILER";

/// What cargo must find in its environment to start `rustc` under `policy`.
pub fn stand_in(rustc: &Path, policy: &Policy) -> anyhow::Result<[(OsString, OsString); 2]> {
    let grader = env::current_exe().context("the grader cannot find itself")?;
    let words = serde_json::to_string(&(rustc, policy)).context("a path of the compiler is no text")?;
    Ok([("RUSTC".into(), grader.into()), (VARIABLE.into(), words.into())])
}

/// If this process was started as the compiler, becomes it. So it returns only if that fails.
pub fn become_it_if_asked() -> Option<ExitCode> {
    let words = env::var(VARIABLE).ok()?;
    let error = become_it(&words).err()?;
    eprintln!("the compiler could not be started: {error:#}");
    Some(ExitCode::from(101))
}

#[cfg(target_os = "linux")]
fn become_it(words: &str) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt as _;
    let (rustc, policy): (std::path::PathBuf, Policy) = serde_json::from_str(words)?;
    super::linux::apply_to_files(&policy)?;
    Err(Command::new(rustc).args(env::args_os().skip(1)).exec().into())
}

/// Only Linux confines; elsewhere cargo starts the compiler itself.
#[cfg(not(target_os = "linux"))]
fn become_it(_words: &str) -> anyhow::Result<()> {
    Ok(())
}
