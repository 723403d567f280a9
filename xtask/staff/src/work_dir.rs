//! The grader's work directory, `target/grade` or `--work DIR`: stages, stored results, and a lock that keeps out a second grader.

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

/// Which directory to work in.
#[derive(Debug, Clone, Default)]
pub struct WorkPlace {
    /// If not the one in the course.
    pub folder: Option<PathBuf>,
    /// Whether other graders may work on this machine at the same time, as shards do. Each takes a directory of its own next to this
    /// one, which the next grader uses again.
    pub is_shared: bool,
}

/// The work directory, locked for this run.
#[derive(Debug)]
pub struct WorkDir {
    pub folder: PathBuf,
    /// Where the solutions are built: in the course, if it is written anyway, as for `check --reference`.
    pub solutions: PathBuf,
    _lock: File,
}

impl WorkDir {
    /// Locks the directory, and removes what a killed run left in it. `place` is where it is, if not in the course.
    pub fn enter(course: &Course, place: &WorkPlace) -> anyhow::Result<Self> {
        let Some((folder, lock)) = lock_one(course, place)? else {
            bail!(UsageError(
                "another `cargo xtask grade` is running in this work directory; wait for it, or name another one with \
                 `--work DIR`"
                    .into()
            ));
        };
        let solutions = match place.folder {
            None => course.root.join("target").join("quests"),
            Some(_) => folder.join("solutions"),
        };
        let work_dir = Self { folder, solutions, _lock: lock };
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

/// The most graders that work on one machine at the same time.
const NEIGHBOURS: u32 = 256;

/// The first directory that no other grader works in, and its lock.
fn lock_one(course: &Course, place: &WorkPlace) -> anyhow::Result<Option<(PathBuf, File)>> {
    let first = place.folder.clone().unwrap_or_else(|| course.root.join("target").join("grade"));
    // Programs that are started elsewhere must find it.
    let first = std::path::absolute(&first).with_context(|| format!("there is no folder {}", first.display()))?;
    for number in 1..=if place.is_shared { NEIGHBOURS } else { 1 } {
        let mut folder = first.clone().into_os_string();
        if number > 1 {
            folder.push(format!("-{number}"));
        }
        let folder = PathBuf::from(folder);
        if let Some(lock) = lock(&folder)? {
            return Ok(Some((folder, lock)));
        }
    }
    Ok(None)
}

/// The lock of a work directory; none if another grader has it.
fn lock(folder: &Path) -> anyhow::Result<Option<File>> {
    const ADVICE: &str = "name a folder on a disk of this machine with `--work DIR`";
    fs::create_dir_all(folder)
        .with_context(|| format!("could not create the work directory {}; {ADVICE}", folder.display()))?;
    let path = folder.join("lock");
    let lock = File::create(&path).with_context(|| format!("could not write {}; {ADVICE}", path.display()))?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("could not lock {}; {ADVICE}", path.display()))
        }
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
