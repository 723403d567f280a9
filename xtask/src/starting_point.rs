//! A quest's starting point. The learner's file is kept before it comes back, always.

use crate::course::{Course, Quest};
use crate::files;
use crate::state::State;
use anyhow::Context as _;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

/// Whether the learner's file is the starting point, byte for byte.
pub fn is_there(course: &Course, quest: &Quest) -> anyhow::Result<bool> {
    Ok(old(course, quest)?.as_ref() == Some(&stub(quest)?))
}

/// Puts the starting point back, and says where the old file is kept, if there was one.
pub fn put_back(course: &Course, state: &State, quest: &Quest) -> anyhow::Result<Option<PathBuf>> {
    let stub = stub(quest)?;
    let kept = match old(course, quest)? {
        Some(old) => Some(state.keep(&quest.package, &old).context("nothing was changed")?),
        None => None,
    };
    files::write_atomically(&quest.learner(), &stub)?;
    Ok(kept)
}

fn stub(quest: &Quest) -> anyhow::Result<Vec<u8>> {
    let path = quest.stub();
    fs::read(&path).with_context(|| format!("could not read the starting point {}", path.display()))
}

fn old(course: &Course, quest: &Quest) -> anyhow::Result<Option<Vec<u8>>> {
    let path = quest.learner();
    match fs::read(&path) {
        Ok(old) => Ok(Some(old)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let shown = course.shown(&path);
            Err(error).with_context(|| format!("could not read {shown}; nothing was changed"))
        }
    }
}
