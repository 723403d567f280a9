//! One submission from everything that belongs to one learner: Moodle and Canvas deliver loose files side by side.

use super::PlatformName;
use crate::submissions::source::SubmissionPath;
use crate::submissions::{archive, open};
use crate::text::escape::escape_os;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Where the submission is. `stage` is a new folder for files that must be brought together.
pub fn gather(
    parts: &[(PlatformName, PathBuf)],
    stage: impl FnOnce() -> anyhow::Result<PathBuf>,
) -> anyhow::Result<SubmissionPath> {
    let files: Vec<&(PlatformName, PathBuf)> = parts.iter().filter(|(name, _)| !name.is_online_text).collect();
    let parts = if files.is_empty() { parts.iter().collect() } else { files };
    if let [(_, path)] = parts[..] {
        if path.is_symlink() {
            return Ok(SubmissionPath::Rejected(path.clone(), format!("the submission {}", open::LINK)));
        }
        if path.is_dir() {
            return Ok(SubmissionPath::Folder(path.to_owned()));
        }
        if archive::is_readable(path) {
            return Ok(SubmissionPath::Archive(path.clone()));
        }
    }
    let folder = stage()?;
    for (name, path) in parts {
        let target = if name.file.is_empty() {
            path.file_name().map_or_else(PathBuf::new, PathBuf::from)
        } else {
            PathBuf::from(&name.file)
        };
        if let Err(why) = bring(path, &folder.join(target)) {
            let shown = escape_os(path.file_name().unwrap_or_default());
            return Ok(SubmissionPath::Rejected(path.clone(), format!("`{shown}` {why}")));
        }
    }
    Ok(SubmissionPath::Folder(folder))
}

/// Puts a file, or what is in a folder, at `target`. The error is a phrase that follows its name.
pub fn bring(path: &Path, target: &Path) -> Result<(), String> {
    let unreadable = |error: io::Error| open::unreadable(&error);
    let metadata = fs::symlink_metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        fs::create_dir_all(target).map_err(unreadable)?;
        for entry in fs::read_dir(path).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            bring(&entry.path(), &target.join(entry.file_name()))?;
        }
        return Ok(());
    }
    let mut source = open::regular_file(path)?;
    if target.exists() {
        return Err("has the name of another file of this submission".to_owned());
    }
    // A second name costs nothing; on another disk, there is only a copy.
    if fs::hard_link(path, target).is_err() {
        let mut copy = File::create_new(target).map_err(unreadable)?;
        io::copy(&mut source, &mut copy).map_err(unreadable)?;
        // Of two files for one quest, the newest counts: that must not be the one copied last.
        metadata.modified().and_then(|time| copy.set_modified(time)).map_err(unreadable)?;
    }
    Ok(())
}
