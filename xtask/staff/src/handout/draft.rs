//! Writes a copy of the course to a temporary folder and renames it at the end, so that a crash leaves no partial copy.

use anyhow::{Context as _, bail};
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use xtask::exit::UsageError;

/// A folder that is being written.
#[derive(Debug)]
pub struct Draft {
    folder: PathBuf,
    to: PathBuf,
}

impl Draft {
    /// Starts a copy of the course in `to`, a new or empty folder outside of the course's folder.
    pub fn begin(course: &Path, to: &Path) -> anyhow::Result<Self> {
        let to = std::path::absolute(to).with_context(|| format!("{} is not a path", to.display()))?;
        refuse_if_taken(&to)?;
        refuse_if_inside(course, &to)?;
        let (Some(parent), Some(name)) = (to.parent(), to.file_name()) else {
            bail!(UsageError(format!("{} cannot be the name of a new folder", to.display())));
        };
        let folder = parent.join(format!(".{}.{}.part", name.to_string_lossy(), std::process::id()));
        fs::create_dir_all(parent)
            .and_then(|()| fs::create_dir(&folder))
            .with_context(|| format!("could not create the folder {}", folder.display()))?;
        Ok(Self { folder, to })
    }

    /// The temporary folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Moves it to its final place.
    pub fn finish(self) -> anyhow::Result<()> {
        match fs::remove_dir(&self.to) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => fs::rename(&self.folder, &self.to),
        }
        .with_context(|| format!("could not move the new folder to {}", self.to.display()))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After `finish` there is nothing left to remove.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The canonical path, as far as its folders exist.
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
    bail!(UsageError(format!("{} contains a folder that does not exist", path.display())))
}

fn refuse_if_taken(to: &Path) -> anyhow::Result<()> {
    match fs::read_dir(to).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Ok(false) => {
            bail!(UsageError(format!("{} is not empty, and no folder is overwritten: name a new one", to.display())))
        }
        Err(error) if error.kind() == ErrorKind::NotADirectory => {
            bail!(UsageError(format!("{} is a file: name a new folder", to.display())))
        }
        Err(error) => Err(error).with_context(|| format!("could not look into {}", to.display())),
    }
}

/// There it would mix with the course's own files. Only `target` may contain it.
pub fn refuse_if_inside(course: &Path, to: &Path) -> anyhow::Result<()> {
    let course = fs::canonicalize(course).with_context(|| format!("could not find {}", course.display()))?;
    let real = resolved(to)?;
    if real.starts_with(&course) && !real.starts_with(course.join("target")) {
        bail!(UsageError(format!(
            "{} is inside the course's folder: choose a place outside of it, or in its target/",
            to.display()
        )));
    }
    Ok(())
}
