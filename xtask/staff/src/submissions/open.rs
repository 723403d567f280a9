//! Opens submitted files, and nothing but regular files.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;

/// Opens the file at `path` without following a link and without blocking. The error is a phrase that follows its name.
pub fn regular_file(path: &Path) -> Result<File, String> {
    check(&fs::symlink_metadata(path).map_err(|error| unreadable(&error))?)?;
    let file = without_following(path).map_err(|error| unreadable(&error))?;
    // The file may have been replaced since the first check.
    check(&file.metadata().map_err(|error| unreadable(&error))?)?;
    Ok(file)
}

/// Why a link is rejected.
pub const LINK: &str = "is a link; links are not followed, so hand in the file or folder itself";

/// Why a file cannot be read, in the system's words.
pub fn unreadable(error: &io::Error) -> String {
    format!("cannot be read: {error}")
}

/// The content of `reader`, unless it is too large. The error is a phrase that follows the name of the file.
pub fn read_limited(reader: impl Read) -> Result<Vec<u8>, String> {
    let mut content = Vec::new();
    reader.take(LARGEST_FILE + 1).read_to_end(&mut content).map_err(|error| unreadable(&error))?;
    if content.len() as u64 > LARGEST_FILE {
        return Err(format!("is larger than {} MiB", LARGEST_FILE >> 20));
    }
    Ok(content)
}

/// The maximum size of a `learner.rs`, in bytes.
pub const LARGEST_FILE: u64 = 1 << 20;

fn check(metadata: &Metadata) -> Result<(), String> {
    if metadata.is_symlink() {
        Err(LINK.to_owned())
    } else if metadata.is_file() {
        Ok(())
    } else {
        Err("is not a regular file".to_owned())
    }
}

#[cfg(unix)]
fn without_following(path: &Path) -> io::Result<File> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt as _;
    // Without this flag, opening a pipe blocks until somebody writes to it.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    File::options().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

#[cfg(not(unix))]
fn without_following(path: &Path) -> io::Result<File> {
    File::open(path)
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::tests::Folder;
    use super::*;

    #[test]
    fn a_link_is_not_opened_even_if_it_was_a_file_a_moment_ago() {
        let folder = Folder::new("open");
        folder.file("file", "");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("file", &link).unwrap();
        assert!(without_following(&folder.path().join("file")).is_ok());
        assert!(without_following(&link).is_err());
        assert_eq!(regular_file(&link).unwrap_err(), LINK);
    }
}
