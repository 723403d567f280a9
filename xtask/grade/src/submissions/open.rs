//! Opens what was handed in: files, and nothing else that has a name.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;

/// The file at `path`, and why not, in words that follow its name. It follows no link and waits for nobody.
pub fn regular_file(path: &Path) -> Result<File, String> {
    check(&fs::symlink_metadata(path).map_err(|error| unreadable(&error))?)?;
    let file = without_following(path).map_err(|error| unreadable(&error))?;
    // What the name stands for may have changed since it was looked at.
    check(&file.metadata().map_err(|error| unreadable(&error))?)?;
    Ok(file)
}

/// Why something is refused that is a link.
pub const LINK: &str = "is a link; links are not followed, so hand in what it leads to";

/// Why something cannot be used, in the system's words.
pub fn unreadable(error: &io::Error) -> String {
    format!("cannot be read: {error}")
}

fn check(metadata: &Metadata) -> Result<(), String> {
    if metadata.is_symlink() {
        Err(LINK.to_owned())
    } else if metadata.is_file() {
        Ok(())
    } else {
        Err("is no ordinary file".to_owned())
    }
}

#[cfg(unix)]
fn without_following(path: &Path) -> io::Result<File> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt as _;
    // Opening a pipe waits until somebody writes to it, unless told not to.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    File::options().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

#[cfg(windows)]
fn without_following(path: &Path) -> io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt as _;
    /// Opens a link itself, which then turns out to be no file.
    const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
    File::options().read(true).custom_flags(FILE_FLAG_OPEN_REPARSE_POINT).open(path)
}

#[cfg(not(any(unix, windows)))]
fn without_following(path: &Path) -> io::Result<File> {
    File::open(path)
}
