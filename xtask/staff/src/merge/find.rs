//! Finds the shards in the paths on the command line.

use crate::shard::status::ShardStatus;
use anyhow::Context as _;
use std::fs;
use std::path::{Path, PathBuf};
use xtask::exit::UsageError;

/// The file with the results of a shard.
pub const GRADES: &str = "grades.json";

/// The shards in some paths.
#[derive(Debug, Default)]
pub struct FoundShards {
    /// The `grades.json` of each shard that is done.
    pub files: Vec<PathBuf>,
    /// The folders of shards that said something about themselves, done or not.
    pub folders: Vec<(PathBuf, ShardStatus)>,
}

/// Finds the shards: each path is a `grades.json`, the folder that a shard wrote, or a folder of such folders. `out` is not read: an
/// earlier merge may be there.
pub fn find(paths: &[PathBuf], out: Option<&Path>) -> anyhow::Result<FoundShards> {
    let own = out.and_then(|out| fs::canonicalize(out).ok());
    let is_own = |path: &Path| own.is_some() && fs::canonicalize(path).ok() == own;
    let mut found = FoundShards::default();
    for path in paths {
        if !path.is_dir() {
            found.files.push(path.clone());
            continue;
        }
        // Shards come first: next to their folders, there may be the result of an earlier merge.
        let inside: Vec<PathBuf> = folders(path)?.into_iter().filter(|path| is_shard(path) && !is_own(path)).collect();
        if !inside.is_empty() {
            for folder in &inside {
                found.add(folder);
            }
        } else if is_shard(path) && (!is_own(path) || paths.len() == 1) {
            found.add(path);
        } else if !is_own(path) {
            return Err(UsageError(format!(
                "there are no grades in {}: neither it nor a folder in it holds a {GRADES}",
                path.display()
            ))
            .into());
        }
    }
    Ok(found)
}

impl FoundShards {
    fn add(&mut self, folder: &Path) {
        let file = folder.join(GRADES);
        if file.exists() {
            self.files.push(file);
        }
        self.folders.extend(ShardStatus::read(folder).map(|status| (folder.to_owned(), status)));
    }
}

fn is_shard(folder: &Path) -> bool {
    folder.join(GRADES).is_file() || ShardStatus::read(folder).is_some()
}

fn folders(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let unreadable = || format!("could not read the folder {}", path.display());
    let mut folders = Vec::new();
    for entry in fs::read_dir(path).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}
