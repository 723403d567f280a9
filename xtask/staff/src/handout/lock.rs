//! The `Cargo.lock` of the handout, without what only the parts that are left out need.

use anyhow::{Context as _, bail};
use std::path::Path;
use std::process::{Command, Stdio};
use xtask::engine::cargo;

/// Lets cargo take out of the lock file what no member of the workspace needs, and checks that it would change no more.
/// Every version stays as it is, and nothing is downloaded.
pub fn prune(folder: &Path) -> anyhow::Result<()> {
    update(folder, &[])?;
    update(folder, &["--locked"])
}

fn update(folder: &Path, more: &[&str]) -> anyhow::Result<()> {
    let mut command = Command::new(cargo::program());
    cargo::clean_environment(&mut command);
    command.current_dir(folder).args(["update", "--workspace", "--offline", "--quiet"]).args(more);
    let output = command.stdin(Stdio::null()).output().with_context(cargo::not_started)?;
    if !output.status.success() {
        bail!(
            "cargo could not bring the handout's Cargo.lock in line:\n{}\n\
             If it lacks libraries, `cargo fetch` in the course's folder brings them. Then try again",
            String::from_utf8_lossy(&output.stderr).trim_end()
        );
    }
    Ok(())
}
