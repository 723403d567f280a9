//! The limits for every kind of archive, and the messages about archives that exceed them.

use crate::submissions::layout::shown;

/// The maximum number of entries. An honest archive of the whole course has a few hundred.
pub const MOST_ENTRIES: usize = 2_000;

/// The maximum number of bytes that are read of a submission, uncompressed, in all archives together.
pub const MOST_BYTES: u64 = 64 << 20;

/// The maximum number of bytes in all tar archives, with everything that is skipped, such as `target`: it must be read, though not kept.
pub const MOST_STREAMED: u64 = 2 << 30;

/// The maximum size of an archive as it was handed in, with everything that is skipped.
pub const LARGEST_ARCHIVE: u64 = 1 << 30;

/// The maximum number of entries below skipped names, too.
pub const MOST_HEADERS: usize = 100_000;

pub fn too_large() -> String {
    format!(
        "the archive contains more than {} MiB; leave out `target` and everything that is not a quest",
        MOST_BYTES >> 20
    )
}

pub fn too_many() -> String {
    format!(
        "the archive contains more than {MOST_ENTRIES} entries; leave out `target` and everything that is not a quest"
    )
}

pub fn broken(error: &dyn std::error::Error) -> String {
    // The errors of libraries contain names of entries.
    format!("the archive is corrupt: {}", shown(&error.to_string()))
}
