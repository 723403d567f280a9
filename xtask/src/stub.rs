//! Restores a quest's stub. The learner's file is always backed up first.

use crate::course::{Course, Quest};
use crate::files;
use crate::state::State;
use anyhow::Context as _;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

/// Whether the learner's file is the stub, byte for byte.
pub fn is_restored(course: &Course, quest: &Quest) -> anyhow::Result<bool> {
    Ok(old(course, quest)?.as_ref() == Some(&stub(quest)?))
}

/// Restores the stub; returns where the old file was backed up, if there was one.
pub fn restore(course: &Course, state: &State, quest: &Quest) -> anyhow::Result<Option<PathBuf>> {
    let stub = stub(quest)?;
    let backup = match old(course, quest)? {
        Some(old) => Some(state.back_up(&quest.package, &old).context("nothing was changed")?),
        None => None,
    };
    files::write_atomically(&quest.learner(), &stub)?;
    Ok(backup)
}

fn stub(quest: &Quest) -> anyhow::Result<Vec<u8>> {
    let path = quest.stub();
    fs::read(&path).with_context(|| format!("could not read the stub {}", path.display()))
}

fn old(course: &Course, quest: &Quest) -> anyhow::Result<Option<Vec<u8>>> {
    let path = quest.learner();
    match fs::read(&path) {
        Ok(old) => Ok(Some(old)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let path = course.display_path(&path);
            Err(error).with_context(|| format!("could not read {path}; nothing was changed"))
        }
    }
}
