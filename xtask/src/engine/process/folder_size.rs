//! How much a folder holds.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// Whether the files in `folder` are larger than `most` bytes together; empty ones count as a block.
pub fn exceeds(folder: &Path, most: u64) -> bool {
    const BLOCK: u64 = 4096;
    // Every system reaches longer paths than this.
    const LONG: usize = 1000;
    let mut size = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let is_deep = folder.as_os_str().len() > LONG;
        let entries = fs::read_dir(folder);
        // Folders in folders, until no path reaches them: what lies there cannot be counted. A folder that is being
        // removed cannot be read either, and Windows may say the same of it.
        if is_deep && entries.as_ref().is_err_and(|error| error.kind() == ErrorKind::InvalidFilename) {
            return true;
        }
        for entry in entries.into_iter().flatten().flatten() {
            // A file may be gone by now.
            let Ok(metadata) = entry.metadata() else { continue };
            size += metadata.len().max(BLOCK);
            if size > most {
                return true;
            }
            if metadata.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    false
}
