//! Files written so that a crash, a full disk or a second process never leaves half of one.

use anyhow::Context as _;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// Replaces `path` by `content` in one step: whatever fails, the old file is still whole.
pub fn write_atomically(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().expect("a file to write has a folder");
    let temporary =
        folder.join(format!(".{}.{}.tmp", path.file_name().unwrap_or_default().to_string_lossy(), std::process::id()));
    let written = fs::create_dir_all(folder)
        .and_then(|()| write_and_sync(&mut File::create(&temporary)?, content))
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // What went wrong first is told; that this may fail as well adds nothing to it.
        let _ = fs::remove_file(&temporary);
    }
    written.with_context(|| format!("could not write {}; what was there before is unchanged", path.display()))
}

/// Writes `content` to a new file in `folder` named `stem-N.extension`, with the first free N; never over another file.
pub fn keep(folder: &Path, stem: &str, extension: &str, content: &[u8]) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(folder).with_context(|| format!("could not make the folder {}", folder.display()))?;
    for number in 1_u32.. {
        let path = folder.join(format!("{stem}-{number}.{extension}"));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                if let Err(error) = write_and_sync(&mut file, content) {
                    let _ = fs::remove_file(&path);
                    return Err(error).with_context(|| format!("could not write {}", path.display()));
                }
                return Ok(path);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).with_context(|| format!("could not create {}", path.display())),
        }
    }
    unreachable!("a folder cannot hold that many files")
}

/// Writes a file that can be made again, only if it does not hold `content` already: cargo then sees no change where there is none.
pub fn write_if_changed(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, content))
        .with_context(|| format!("could not write {}", path.display()))
}

fn write_and_sync(file: &mut File, content: &[u8]) -> std::io::Result<()> {
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-files-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn kept_files_never_overwrite_each_other() {
        let folder = folder("keep");
        let first = keep(&folder, "learner", "rs", b"one").unwrap();
        let second = keep(&folder, "learner", "rs", b"two").unwrap();
        assert_eq!(fs::read(first).unwrap(), b"one");
        assert_eq!(fs::read(second).unwrap(), b"two");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_write_that_fails_leaves_the_old_file_and_no_litter() {
        let folder = folder("atomic");
        // A folder cannot be replaced by a file: the rename fails after the temporary file was written.
        let path = folder.join("taken");
        fs::create_dir_all(path.join("inside")).unwrap();
        assert!(write_atomically(&path, b"new").is_err());
        assert!(path.join("inside").is_dir());
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn an_unchanged_file_is_not_written() {
        let folder = folder("changed");
        let path = folder.join("file");
        write_if_changed(&path, b"one").unwrap();
        let old = std::time::SystemTime::UNIX_EPOCH;
        File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
        write_if_changed(&path, b"one").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), old);
        write_if_changed(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        fs::remove_dir_all(folder).unwrap();
    }
}
