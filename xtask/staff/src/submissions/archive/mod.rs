//! Reads a submission that is an archive. Nothing is written to disk, and only files that may be quests are kept.
//!
//! Archives are not trusted: sizes in headers are not believed, and an archive with an entry that no honest archive of this course
//! has is rejected as a whole. What lies below a skipped name, such as `target`, is not looked at.

mod format;
mod limits;
mod names;
mod tarred;
#[cfg(test)]
pub mod tests;
mod zipped;

use super::contents::{Budget, Contents};
use super::open;
pub use format::Format;
pub use limits::{
    LARGEST_ARCHIVE, LARGEST_DOWNLOAD, LARGEST_INNER, too_large, too_large_within_another, unpacks_to_too_much,
};
use limits::{MOST_BYTES, MOST_ENTRIES, MOST_STREAMED, too_large_as_handed_in};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::path::Path;
pub use zipped::seconds_since_1970;

/// The endings of archives that can be read, for people.
pub const READABLE: &str = "`.zip`, `.tar`, `.tar.gz` and `.tgz`";

/// The limits for one submission.
pub fn budget() -> Budget {
    Budget { bytes: MOST_BYTES, entries: MOST_ENTRIES, streamed: MOST_STREAMED }
}

/// The format of a file that was handed in, if it is an archive or taken for one. Its content decides, and its name
/// only where the content says nothing, or cannot be read.
pub fn format(path: &Path) -> Option<Format> {
    let head = open::regular_file(path).and_then(|file| head(&file)).unwrap_or_default();
    Format::of(&name(path), &head)
}

/// Whether a file that was handed in is an archive that can be read.
pub fn is_readable(path: &Path) -> bool {
    format(path).is_some_and(Format::is_readable)
}

/// What the archive contains, or a message for the learner.
pub fn read(path: &Path) -> Result<Contents, String> {
    let named = |why: String| format!("the archive {why}");
    let file = open::regular_file(path).map_err(named)?;
    match Format::of(&name(path), &head(&file).map_err(named)?) {
        Some(format) if format.is_readable() => read_file(&file, format, 1, &mut budget()),
        Some(format) => Err(format!("the archive was not read: {}", format.what_to_do())),
        None => Err(format!("the archive is none of {READABLE}")),
    }
}

/// What an archive on the disk contains that has `depth - 1` others around it.
pub fn read_file(mut file: &File, format: Format, depth: usize, budget: &mut Budget) -> Result<Contents, String> {
    let unreadable = |error: io::Error| format!("the archive {}", open::unreadable(&error));
    if file.metadata().map_err(unreadable)?.len() > LARGEST_ARCHIVE {
        return Err(too_large_as_handed_in());
    }
    file.rewind().map_err(unreadable)?;
    read_from(file, format, depth, budget)
}

/// What an archive contains that has `depth - 1` others around it.
pub fn read_from(
    file: impl Read + io::Seek,
    format: Format,
    depth: usize,
    budget: &mut Budget,
) -> Result<Contents, String> {
    let buffered = io::BufReader::new(file);
    match format {
        Format::Zip => zipped::read(buffered, depth, budget),
        Format::Tar => tarred::read(buffered, depth, budget),
        _ => tarred::read(flate2::bufread::MultiGzDecoder::new(buffered), depth, budget),
    }
}

fn name(path: &Path) -> std::borrow::Cow<'_, str> {
    path.file_name().unwrap_or_else(|| OsStr::new("")).to_string_lossy()
}

/// How a file begins. The error is a phrase that follows its name.
fn head(file: &File) -> Result<Vec<u8>, String> {
    let mut head = Vec::new();
    file.take(Format::HEAD).read_to_end(&mut head).map_err(|error| open::unreadable(&error))?;
    Ok(head)
}
