//! Removes a folder that a test has left behind, whatever it holds.

use std::ffi::OsString;
use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::path::{Path, PathBuf};

/// Removes a folder, no matter how deep it goes and what its permissions are.
///
/// `fs::remove_dir_all` recurses into each folder and holds each of them open: enough nested folders would use up the runner's
/// file descriptors, or its stack.
pub fn remove_tree(folder: &Path) -> io::Result<()> {
    let mut names = names();
    loop {
        let inner = folders_after_removing_files(folder)?;
        if inner.is_empty() {
            return fs::remove_dir(folder);
        }
        for path in inner {
            // Its folders are moved up, so no path ever gets long.
            for deeper in folders_after_removing_files(&path)? {
                open_up(&deeper);
                fs::rename(deeper, folder.join(names.next().expect("names have no end")))?;
            }
            fs::remove_dir(path)?;
        }
    }
}

/// Names that a test cannot have predicted and used.
fn names() -> impl Iterator<Item = OsString> {
    let keys = RandomState::new();
    (0_u64..).map(move |number| format!("{:016x}-{number}", keys.hash_one(number)).into())
}

/// Removes everything in `folder` except folders, and returns those.
fn folders_after_removing_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    open_up(folder);
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // A link to a folder is not a folder.
        if entry.file_type()?.is_dir() {
            folders.push(entry.path());
        } else {
            // For this, Windows takes a link to a folder for a folder.
            fs::remove_file(entry.path()).or_else(|error| fs::remove_dir(entry.path()).map_err(|_| error))?;
        }
    }
    Ok(folders)
}

/// A folder can have permissions with which not even its owner can read it.
fn open_up(folder: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // If this fails, the next step reports why.
        let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    }
    #[cfg(not(unix))]
    let _ = folder;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-removal-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn files_and_folders_of_any_kind_are_removed() {
        let folder = folder("kinds");
        for path in ["a/b/c", "a/d", "e/b"] {
            fs::create_dir_all(folder.join(path)).unwrap();
            fs::write(folder.join(path).join("file"), "x").unwrap();
        }
        remove_tree(&folder).unwrap();
        assert!(!folder.exists());
        assert!(remove_tree(&folder).is_err(), "it is gone");
    }

    #[cfg(unix)]
    #[test]
    fn link_targets_stay_and_locked_folders_are_removed() {
        use std::os::unix::fs::{DirBuilderExt as _, symlink};
        let (folder, canary) = (folder("links"), folder("canary"));
        fs::write(canary.join("file"), "alive").unwrap();
        symlink(&canary, folder.join("link")).unwrap();
        fs::create_dir(folder.join("inner")).unwrap();
        symlink(&canary, folder.join("inner").join("link")).unwrap();
        for locked in ["locked", "inner/locked"] {
            fs::DirBuilder::new().mode(0o0).create(folder.join(locked)).unwrap();
        }
        remove_tree(&folder).unwrap();
        assert!(!folder.exists());
        assert_eq!(fs::read(canary.join("file")).unwrap(), b"alive");
        fs::remove_dir_all(canary).unwrap();
    }

    #[test]
    fn deeper_than_a_path_may_be_long() {
        let folder = folder("deep");
        // Grown at the top, since a path to the bottom would be too long.
        for _ in 0..3000 {
            fs::create_dir(folder.join("above")).unwrap();
            if folder.join("d").exists() {
                fs::rename(folder.join("d"), folder.join("above").join("d")).unwrap();
            }
            fs::rename(folder.join("above"), folder.join("d")).unwrap();
        }
        remove_tree(&folder).unwrap();
        assert!(!folder.exists());
    }
}
