//! The `Cargo.lock` of a generated workspace: the course's versions, without what only other parts of the course need.

use super::tree::read;
use anyhow::{Context as _, bail};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use xtask::engine::cargo;
use xtask::files::write_if_changed;

/// The course's lock file as it was when it was last copied.
pub const COPIED: &str = "Cargo.lock.of-the-course";

/// Copies the course's lock file. Cargo changes the copy: it removes what the workspace does not need, and adds the workspace's
/// own packages. Therefore the copy is made again only after the course's has changed.
pub fn copy(course: &Path, workspace: &Path) -> anyhow::Result<()> {
    let lock = read(&course.join("Cargo.lock"))?;
    let copied = workspace.join(COPIED);
    if fs::read(&copied).is_ok_and(|old| old == lock) && workspace.join("Cargo.lock").exists() {
        return Ok(());
    }
    write_if_changed(&workspace.join("Cargo.lock"), &lock)?;
    write_if_changed(&copied, &lock)
}

/// Lets cargo remove from the lock file what no member of the workspace needs, and checks that it would change no more.
/// Every version stays as it is, and nothing is downloaded.
pub fn prune(workspace: &Path) -> anyhow::Result<()> {
    update(workspace, &[])?;
    update(workspace, &["--locked"])
}

fn update(workspace: &Path, more: &[&str]) -> anyhow::Result<()> {
    let mut command = Command::new(cargo::program());
    cargo::clean_environment(&mut command);
    command.current_dir(workspace).args(["update", "--workspace", "--offline", "--quiet"]).args(more);
    let output = command.stdin(Stdio::null()).output().with_context(cargo::not_started)?;
    if !output.status.success() {
        bail!(
            "cargo could not update the Cargo.lock of the new workspace:\n{}\n\
             If libraries are missing, run `cargo fetch` in the course's folder. Then try again",
            String::from_utf8_lossy(&output.stderr).trim_end()
        );
    }
    Ok(())
}
