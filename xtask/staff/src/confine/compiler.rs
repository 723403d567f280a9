//! The compiler, kept apart from what cargo may read.
//!
//! Cargo reads settings that may hold tokens and passwords, and never looks into a submission. The compiler reads whatever a
//! submission gets it to read, and shows it in its messages. So the grader stands in for the compiler: cargo starts it, it takes
//! from itself what only cargo needs, and becomes the compiler. What the compiler starts, the linker above all, is confined
//! with it.

use super::Policy;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

/// Holds the compiler to become, and in words the policy for it.
#[cfg(target_os = "linux")]
const VARIABLE: &str = "EVENT_LOOP_QUESTS_COMPILER";

/// What cargo must find in its environment to start `rustc` under `policy`. Nothing where nothing confines.
#[cfg(target_os = "linux")]
pub fn stand_in(rustc: &Path, policy: &Policy) -> anyhow::Result<Vec<(OsString, OsString)>> {
    use anyhow::Context as _;
    let grader = std::env::current_exe().context("the grader cannot find its own executable")?;
    let words = serde_json::to_string(&(rustc, policy)).context("a path of the compiler is not valid text")?;
    Ok(vec![("RUSTC".into(), grader.into()), (VARIABLE.into(), words.into())])
}

/// If this process was started as the compiler, becomes it. So it returns only if that fails.
#[cfg(target_os = "linux")]
pub fn become_it_if_asked() -> Option<ExitCode> {
    let words = std::env::var(VARIABLE).ok()?;
    let error = become_it(&words);
    eprintln!("the compiler could not be started: {error:#}");
    Some(ExitCode::from(101))
}

#[cfg(target_os = "linux")]
fn become_it(words: &str) -> anyhow::Error {
    use std::os::unix::process::CommandExt as _;
    let confined =
        serde_json::from_str(words).map_err(Into::into).and_then(|(rustc, policy): (std::path::PathBuf, Policy)| {
            super::linux::apply_to_files(&policy)?;
            Ok(rustc)
        });
    match confined {
        Ok(rustc) => std::process::Command::new(rustc).args(std::env::args_os().skip(1)).exec().into(),
        Err(error) => error,
    }
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as on Linux")]
pub fn stand_in(_rustc: &Path, _policy: &Policy) -> anyhow::Result<Vec<(OsString, OsString)>> {
    Ok(Vec::new())
}

#[cfg(not(target_os = "linux"))]
pub fn become_it_if_asked() -> Option<ExitCode> {
    None
}
