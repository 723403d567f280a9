//! Reads a submission that is an archive. Nothing is written to disk, and only the quests' files are kept.
//!
//! Archives are not trusted: sizes in headers are not believed, and an archive with an entry that no honest archive of this course
//! has is rejected as a whole.

mod limits;
mod names;
mod tarred;
#[cfg(test)]
pub mod tests;
mod zipped;

use super::layout::Files;
use super::open;
use limits::{MOST_BYTES, too_large};
use std::path::Path;

/// The kinds of archives that are known.
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

/// The quests' files in the archive, or a message for the learner.
pub fn read(path: &Path, kind: ArchiveKind, packages: &[(u32, String)]) -> Result<Files, String> {
    let file = open::regular_file(path).map_err(|why| format!("the archive {why}"))?;
    let size = file.metadata().map_err(|error| format!("the archive {}", open::unreadable(&error)))?.len();
    if size > MOST_BYTES {
        return Err(too_large());
    }
    match kind {
        ArchiveKind::Zip => zipped::read(&file, packages),
        ArchiveKind::TarGz => tarred::read(file, packages),
    }
}
