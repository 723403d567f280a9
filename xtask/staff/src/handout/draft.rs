//! A folder beside the one that is asked for, which takes its place at the end: a crash leaves no half of a handout.

use anyhow::{Context as _, bail};
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use xtask::exit::UsageError;

/// A handout that is being written.
#[derive(Debug)]
pub struct Draft {
    folder: PathBuf,
    to: PathBuf,
}

impl Draft {
    /// Begins one that will be `to`, a new or an empty folder outside of the course's.
    pub fn begin(course: &Path, to: &Path) -> anyhow::Result<Self> {
        let to = std::path::absolute(to).with_context(|| format!("{} is no path", to.display()))?;
        refuse_if_taken(&to)?;
        refuse_if_inside(course, &to)?;
        let (Some(parent), Some(name)) = (to.parent(), to.file_name()) else {
            bail!(UsageError(format!("{} is no name for a new folder", to.display())));
        };
        let folder = parent.join(format!(".{}.{}.part", name.to_string_lossy(), std::process::id()));
        fs::create_dir_all(parent)
            .and_then(|()| fs::create_dir(&folder))
            .with_context(|| format!("could not make the folder {}", folder.display()))?;
        Ok(Self { folder, to })
    }

    /// Where to write for now.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts it in its place.
    pub fn finish(self) -> anyhow::Result<()> {
        match fs::remove_dir(&self.to) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => fs::rename(&self.folder, &self.to),
        }
        .with_context(|| format!("could not put the handout in its place {}", self.to.display()))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After `finish` there is nothing left to remove.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The path with every link followed, as far as there are folders.
fn resolved(path: &Path) -> anyhow::Result<PathBuf> {
    for existing in path.ancestors() {
        if let Ok(real) = fs::canonicalize(existing) {
            let rest = path.strip_prefix(existing).expect("an ancestor is the beginning of the path");
            if rest.components().any(|part| part == Component::ParentDir) {
                break;
            }
            return Ok(real.join(rest));
        }
    }
    bail!(UsageError(format!("{} leads through a folder that does not exist", path.display())))
}

fn refuse_if_taken(to: &Path) -> anyhow::Result<()> {
    match fs::read_dir(to).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Ok(false) => bail!(UsageError(format!(
            "{} is not empty. A handout is written to a new folder, never over another: name a new one",
            to.display()
        ))),
        Err(error) if error.kind() == ErrorKind::NotADirectory => {
            bail!(UsageError(format!("{} is a file. Name a new folder", to.display())))
        }
        Err(error) => Err(error).with_context(|| format!("could not look into {}", to.display())),
    }
}

/// There it would lie among the course's own files. Its `target` holds what is made from them.
fn refuse_if_inside(course: &Path, to: &Path) -> anyhow::Result<()> {
    let course = fs::canonicalize(course).with_context(|| format!("could not find {}", course.display()))?;
    let real = resolved(to)?;
    if real.starts_with(&course) && !real.starts_with(course.join("target")) {
        bail!(UsageError(format!(
            "{} is inside of the course's own folder. Name a folder outside of it, or one in its target/",
            to.display()
        )));
    }
    Ok(())
}
