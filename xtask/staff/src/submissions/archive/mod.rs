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
pub use limits::too_large;
use limits::{LARGEST_ARCHIVE, MOST_BYTES, MOST_ENTRIES, MOST_STREAMED};
use std::io::{self, Read, Seek};
use std::path::Path;

/// The kinds of archives that are known by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArchiveKind {
    Zip,
    TarGz,
}

impl ArchiveKind {
    /// The extensions, for people.
    pub const KNOWN: &str = "`.zip`, `.tar.gz` and `.tgz`";

    /// Splits the name of a file into its stem and the kind of archive.
    pub fn split(name: &str) -> Option<(&str, Self)> {
        const ENDINGS: [(&str, ArchiveKind); 3] =
            [(".zip", ArchiveKind::Zip), (".tar.gz", ArchiveKind::TarGz), (".tgz", ArchiveKind::TarGz)];
        ENDINGS.into_iter().find_map(|(ending, kind)| {
            let (stem, end) = name.split_at_checked(name.len().checked_sub(ending.len())?)?;
            (!stem.is_empty() && end.eq_ignore_ascii_case(ending)).then_some((stem, kind))
        })
    }
}

/// The limits for one submission.
pub fn budget() -> Budget {
    Budget { bytes: MOST_BYTES, entries: MOST_ENTRIES, streamed: MOST_STREAMED }
}

/// What the archive contains, or a message for the learner. Its content says of which format it is, and its name only if the content
/// does not.
pub fn read(path: &Path, kind: ArchiveKind) -> Result<Contents, String> {
    let mut file = open::regular_file(path).map_err(|why| format!("the archive {why}"))?;
    let unreadable = |error: io::Error| format!("the archive {}", open::unreadable(&error));
    if file.metadata().map_err(unreadable)?.len() > LARGEST_ARCHIVE {
        return Err(too_large());
    }
    let mut head = Vec::new();
    (&file).take(Format::HEAD).read_to_end(&mut head).map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    let by_name = match kind {
        ArchiveKind::Zip => Format::Zip,
        ArchiveKind::TarGz => Format::TarGz,
    };
    let format = Format::of("", &head).unwrap_or(by_name);
    if !format.is_readable() {
        return Err(format!("the archive was not read: {}", format.what_to_do()));
    }
    read_from(file, format, 1, &mut budget())
}

/// What an archive contains that has `depth - 1` others around it.
pub fn read_from(
    file: impl Read + Seek,
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
