//! Folders for the temporary files of tests, which go with them.

use super::remove_tree::remove_tree;
use anyhow::Context as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A folder for the temporary files of one test. A test that is killed leaves them; they go when this is dropped.
pub struct TemporaryFolder {
    pub path: PathBuf,
}

impl TemporaryFolder {
    pub fn new(parent: &Path) -> anyhow::Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = parent.join(format!("event-loop-quests-{}-{number}", std::process::id()));
        let mut live = live();
        // A runner that was killed may have left a folder of this name.
        let _ = remove_tree(&path);
        fs::create_dir_all(&path).with_context(|| format!("could not make the folder {}", path.display()))?;
        live.push(path.clone());
        Ok(Self { path })
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // What cannot be removed is the system's to clean, as all temporary files are.
        let _ = remove_tree(&self.path);
        live().retain(|path| *path != self.path);
    }
}

/// Removes all of them, for a runner that exits without dropping them. None can be made after this.
pub fn remove_all() {
    let live = live();
    for path in live.iter() {
        let _ = remove_tree(path);
    }
    // The lock is never given back.
    std::mem::forget(live);
}

static LIVE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn live() -> MutexGuard<'static, Vec<PathBuf>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}
