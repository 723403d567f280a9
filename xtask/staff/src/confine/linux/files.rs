//! Landlock: what may be read, written and executed.

use crate::confine::Policy;
use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, Compatible as _, PathBeneath, PathFd, Ruleset, RulesetAttr as _,
    RulesetCreatedAttr as _, Scope,
};
use std::path::Path;

/// The newest rights that this grader knows; older kernels get those that they know.
const KNOWN: ABI = ABI::V6;

pub fn restrict(policy: &Policy) -> anyhow::Result<()> {
    let all = AccessFs::from_all(KNOWN);
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let mut ruleset = Ruleset::default()
        .set_compatibility(landlock::CompatLevel::BestEffort)
        .handle_access(all)?
        .handle_access(AccessNet::from_all(KNOWN))?
        .scope(Scope::from_all(KNOWN))?
        .create()?;
    // Programs are executed by other rights than files are written by; no device, no socket is ever made.
    let write = read
        | AccessFs::WriteFile
        | AccessFs::Truncate
        | AccessFs::MakeReg
        | AccessFs::MakeDir
        | AccessFs::RemoveFile
        | AccessFs::RemoveDir
        | AccessFs::Refer
        | if policy.processes { AccessFs::MakeSym.into() } else { BitFlags::EMPTY };
    let lists = [(&policy.read, read), (&policy.execute, read | AccessFs::Execute), (&policy.write, write)];
    for (paths, access) in lists {
        for path in paths {
            // What is not there needs no right.
            if let Ok(file) = PathFd::new(path) {
                ruleset = ruleset.add_rule(PathBeneath::new(file, of_kind(path, access)))?;
            }
        }
    }
    ruleset.restrict_self()?;
    Ok(())
}

/// The part of `access` that a file can have, if `path` is one.
fn of_kind(path: &Path, access: BitFlags<AccessFs>) -> BitFlags<AccessFs> {
    if path.is_dir() { access } else { access & AccessFs::from_file(KNOWN) }
}
