//! Temporary folders, each of which is removed with its test.

use super::remove_tree::remove_tree;
use anyhow::Context as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A folder for the temporary files of one test. A killed test leaves files behind; they are removed when this is dropped.
pub struct TemporaryFolder {
    pub path: PathBuf,
}

impl TemporaryFolder {
    pub fn new(parent: &Path) -> anyhow::Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = parent.join(format!("event-loop-quests-{}-{number}", std::process::id()));
        let mut live = live();
        // A runner that was killed may have left a folder with this name.
        let _ = remove_tree(&path);
        fs::create_dir_all(&path).with_context(|| format!("could not create the folder {}", path.display()))?;
        live.push(path.clone());
        Ok(Self { path })
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // What cannot be removed is left for the system to clean up, like all temporary files.
        let _ = remove_tree(&self.path);
        live().retain(|path| *path != self.path);
    }
}

/// Removes all temporary folders, for a runner that exits without dropping them. None can be created after this.
pub fn remove_all() {
    let live = live();
    for path in live.iter() {
        let _ = remove_tree(path);
    }
    // The lock is never released.
    std::mem::forget(live);
}

static LIVE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn live() -> MutexGuard<'static, Vec<PathBuf>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}
