//! The grader's own folder, `target/grade`: its stages, what it stored, and the lock that keeps a second grader out.

use crate::building::Builder;
use crate::stage::Stage;
use crate::toolchain::Toolchain;
use anyhow::{Context as _, bail};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use xtask::course::Course;
use xtask::engine::remove_tree::remove_tree;
use xtask::engine::{cargo, limits, process_group};
use xtask::exit::UsageError;
use xtask::files::write_if_changed;

/// The folder, held for this run.
#[derive(Debug)]
pub struct Workshop {
    pub folder: PathBuf,
    _lock: File,
}

impl Workshop {
    /// Enters the folder. What a run that was killed has left there is removed.
    pub fn enter(course: &Course) -> anyhow::Result<Self> {
        let folder = course.root.join("target").join("grade");
        fs::create_dir_all(&folder).with_context(|| format!("could not make the folder {}", folder.display()))?;
        let path = folder.join("lock");
        let lock = File::create(&path).with_context(|| format!("could not write {}", path.display()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!(UsageError(
                "another `cargo xtask grade` is at work in this copy of the course; wait for it, or grade in another copy"
                    .into()
            )),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("could not lock {}", path.display()));
            }
        }
        let workshop = Self { folder, _lock: lock };
        let temporary = workshop.temporary();
        let _ = remove_tree(&temporary);
        fs::create_dir_all(&temporary).with_context(|| format!("could not make the folder {}", temporary.display()))?;
        process_group::on_stop(move || {
            let _ = remove_tree(&temporary);
            "What was graded so far is kept: the same command goes on from here.".into()
        });
        Ok(workshop)
    }

    pub fn store(&self) -> PathBuf {
        self.folder.join("store")
    }

    /// Where builds and tests keep their temporary files: all in one place, so that a run that was killed leaves them in no other.
    pub fn temporary(&self) -> PathBuf {
        self.folder.join("tmp")
    }

    /// So many builders, each with a stage of its own on which the course's libraries are built.
    pub fn builders<'a>(
        &self,
        course: &'a Course,
        toolchain: &Toolchain,
        plan: &Plan,
    ) -> anyhow::Result<Vec<Builder<'a>>> {
        let folder = |number: usize| self.folder.join(format!("stage-{number}"));
        let mut builders = Vec::new();
        for number in 1..=plan.builders {
            if number > 1 && !folder(number).exists() {
                // A stage that is copied with its time stamps needs no build of its own.
                copy_with_times(&folder(1), &folder(number))?;
            }
            let stage = Stage::write(course, folder(number), plan.seed)?;
            if number == 1 {
                fetch(&stage, toolchain)?;
            } else {
                let lock = fs::read(folder(1).join("Cargo.lock")).context("the first stage has lost its Cargo.lock")?;
                write_if_changed(&stage.folder.join("Cargo.lock"), &lock)?;
            }
            let temporary = self.temporary().join(format!("build-{number}"));
            let builder = Builder::new(course, stage, temporary, toolchain, plan)?;
            if number == 1 {
                // Whatever is built afterwards is a submission's own.
                builder.build_the_stubs()?;
            }
            builders.push(builder);
        }
        Ok(builders)
    }
}

/// How a class is to be built.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Submissions at once.
    pub builders: usize,
    /// Compilers at once, for each.
    pub jobs: usize,
    pub seed: u64,
    pub confined: bool,
}

/// Brings the stage's `Cargo.lock` in line with it, and downloads what this machine does not have yet. It is the only step with a network.
fn fetch(stage: &Stage, toolchain: &Toolchain) -> anyhow::Result<()> {
    let mut command = limits::guarded(&limits::NONE, cargo::program(), &stage.folder)?;
    cargo::clean_environment(&mut command);
    command.args(["fetch", "--quiet", "--target", &toolchain.host]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::inherit());
    let mut group = process_group::spawn(&mut command).with_context(cargo::not_started)?;
    let status = group.wait().context("could not wait for cargo")?;
    anyhow::ensure!(status.success(), "cargo could not get the libraries that the course needs");
    Ok(())
}

fn copy_with_times(from: &Path, to: &Path) -> anyhow::Result<()> {
    // Half a copy must not be taken for a whole one.
    let partial = to.with_extension("partial");
    let _ = fs::remove_dir_all(&partial);
    copy_folder(from, &partial)
        .and_then(|()| fs::rename(&partial, to))
        .with_context(|| format!("could not copy {} to {}", from.display(), to.display()))
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
            let modified = entry.metadata()?.modified()?;
            File::options().write(true).open(&target)?.set_modified(modified)?;
        }
    }
    Ok(())
}
