//! The limits for every kind of archive, whichever way it comes in, and the messages about archives that exceed them.

use crate::submissions::layout::shown;

/// The maximum number of entries. An honest archive of the whole course has a few hundred.
pub const MOST_ENTRIES: usize = 2_000;

/// The maximum number of bytes that are kept of a submission: the Rust files in all its archives together.
pub const MOST_BYTES: u64 = 64 << 20;

/// The maximum number of bytes that are unpacked of a submission and not kept: tar archives with everything that is
/// skipped in them, such as `target`, and archives in archives.
pub const MOST_STREAMED: u64 = 2 << 30;

/// The maximum size of an archive as it was handed in, with everything that is skipped.
pub const LARGEST_ARCHIVE: u64 = 1 << 30;

/// The maximum size of an archive in an archive: it is held in memory, since nothing of a submission is written to
/// disk.
pub const LARGEST_INNER: u64 = 64 << 20;

/// The maximum size of a platform's archive of a class, unpacked. More would fill the disk.
pub const LARGEST_DOWNLOAD: u64 = 32 << 30;

/// The maximum number of entries below skipped names, too.
pub const MOST_HEADERS: usize = 100_000;

const WHAT_TO_DO: &str = "leave out `target` and everything that is not a quest";

pub fn too_large() -> String {
    format!("the archive contains more than {} MiB of Rust files; {WHAT_TO_DO}", MOST_BYTES >> 20)
}

pub fn unpacks_to_too_much() -> String {
    format!("the archive unpacks to more than {} MiB; {WHAT_TO_DO}", MOST_STREAMED >> 20)
}

pub fn too_large_as_handed_in() -> String {
    format!("the archive is larger than {} MiB; {WHAT_TO_DO}", LARGEST_ARCHIVE >> 20)
}

pub fn too_large_within_another() -> String {
    format!(
        "the archive is larger than {} MiB, and lies in another archive. Hand it in without the outer one, or \
         {WHAT_TO_DO}",
        LARGEST_INNER >> 20
    )
}

pub fn too_many() -> String {
    format!("the archive contains more than {MOST_ENTRIES} entries; {WHAT_TO_DO}")
}

pub fn broken(error: &dyn std::error::Error) -> String {
    // The errors of libraries contain names of entries.
    format!("the archive is corrupt: {}", shown(&error.to_string()))
}
