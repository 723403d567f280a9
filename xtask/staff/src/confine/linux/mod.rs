//! Landlock for files, seccomp for what is no file, and none of the powers of root.

mod calls;
mod files;
mod privileges;

use super::Policy;
use std::process::Command;

/// Confines this process, which is about to become `program`. What the kernel does not know is left out; [`super::probe`]
/// notices.
pub fn apply(policy: &Policy, program: &Command) -> anyhow::Result<()> {
    files::restrict(policy)?;
    privileges::drop_those_of_root(policy);
    // Last, since the filters refuse what the lines above do.
    calls::restrict(policy, program)
}

/// Confines this process, whose other confinement stays as it is, to fewer files.
pub fn apply_to_files(policy: &Policy) -> anyhow::Result<()> {
    files::restrict(policy)
}
