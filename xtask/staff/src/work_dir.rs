//! The grader's work directory, `target/grade`: stages, stored results, and a lock that keeps out a second grader.

use crate::building::{BuildPlan, SubmissionBuilder};
use crate::stage::Stage;
use crate::stage::tree::Tree;
use crate::toolchain::Toolchain;
use anyhow::{Context as _, bail};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use xtask::course::Course;
use xtask::engine::remove_tree::remove_tree;
use xtask::engine::{cargo, launcher, process_group};
use xtask::exit::UsageError;
use xtask::files::write_if_changed;

/// The work directory, locked for this run.
#[derive(Debug)]
pub struct WorkDir {
    pub folder: PathBuf,
    _lock: File,
}

impl WorkDir {
    /// Locks the directory, and removes what a killed run left in it.
    pub fn enter(course: &Course) -> anyhow::Result<Self> {
        let folder = course.root.join("target").join("grade");
        fs::create_dir_all(&folder).with_context(|| format!("could not create the folder {}", folder.display()))?;
        let path = folder.join("lock");
        let lock = File::create(&path).with_context(|| format!("could not write {}", path.display()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!(UsageError(
                "another `cargo xtask grade` is running in this copy of the course; wait for it, or grade in another copy"
                    .into()
            )),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("could not lock {}", path.display()));
            }
        }
        let work_dir = Self { folder, _lock: lock };
        let temporary = work_dir.temporary();
        let _ = remove_tree(&temporary);
        fs::create_dir_all(&temporary)
            .with_context(|| format!("could not create the folder {}", temporary.display()))?;
        process_group::on_stop(move || {
            let _ = remove_tree(&temporary);
            "Results so far are kept. Run the same command again to continue.".into()
        });
        Ok(work_dir)
    }

    pub fn store(&self) -> PathBuf {
        self.folder.join("store")
    }

    /// Temporary files of builds and tests. They are all in one place, so that a killed run leaves none elsewhere.
    pub fn temporary(&self) -> PathBuf {
        self.folder.join("tmp")
    }

    /// One builder for each worker, each with its own stage on which the course's libraries are built.
    pub fn builders<'a>(
        &self,
        course: &'a Course,
        toolchain: &Toolchain,
        build_plan: &BuildPlan,
    ) -> anyhow::Result<Vec<SubmissionBuilder<'a>>> {
        let folder = |number: usize| self.folder.join(format!("stage-{number}"));
        let mut builders = Vec::new();
        for number in 1..=build_plan.builders {
            if number > 1 && !folder(number).exists() {
                // A stage that is copied with its time stamps is not built again.
                copy_with_times(&folder(1), &folder(number))?;
            }
            let stage = Stage::write(course, folder(number), build_plan.seed)?;
            if number == 1 {
                fetch(&stage, toolchain)?;
            } else {
                let lock = fs::read(folder(1).join("Cargo.lock")).context("the first stage has no Cargo.lock")?;
                write_if_changed(&stage.folder.join("Cargo.lock"), &lock)?;
            }
            let temporary = self.temporary().join(format!("build-{number}"));
            let builder = SubmissionBuilder::new(course, stage, temporary, toolchain, build_plan)?;
            if number == 1 {
                // From here on, only submissions need to be built.
                builder.build_the_stubs()?;
            }
            builders.push(builder);
        }
        Ok(builders)
    }
}

/// Updates the stage's `Cargo.lock`, and downloads missing libraries. This is the only step that uses the network.
fn fetch(stage: &Stage, toolchain: &Toolchain) -> anyhow::Result<()> {
    let mut command = launcher::guarded(&launcher::NONE, cargo::program(), &stage.folder)?;
    cargo::clean_environment(&mut command);
    command.args(["fetch", "--quiet", "--target", &toolchain.host]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::inherit());
    let mut group = process_group::spawn(&mut command).with_context(cargo::not_started)?;
    let status = group.wait().context("could not wait for cargo")?;
    anyhow::ensure!(status.success(), "cargo could not download the libraries that the course needs");
    Ok(())
}

fn copy_with_times(from: &Path, to: &Path) -> anyhow::Result<()> {
    // Half a copy must not be mistaken for a whole one.
    let partial = to.with_extension("partial");
    let _ = fs::remove_dir_all(&partial);
    let mut tree = Tree::default();
    tree.add_folder(Path::new(""), from, &|_| false)?;
    tree.write_with_times(&partial)?;
    fs::rename(&partial, to).with_context(|| format!("could not create {}", to.display()))
}
