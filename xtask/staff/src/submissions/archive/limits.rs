//! What every kind of archive is held to, and how one that is not accepted is described.

use crate::submissions::layout::shown;

/// An honest archive of the whole course has a few hundred.
pub const MOST_ENTRIES: usize = 2_000;

/// Of everything in an archive, expanded.
pub const MOST_BYTES: u64 = 64 << 20;

pub fn too_large() -> String {
    format!("the archive holds more than {} MiB; leave out `target` and everything that is no quest", MOST_BYTES >> 20)
}

pub fn too_many() -> String {
    format!("the archive holds more than {MOST_ENTRIES} entries; leave out `target` and everything that is no quest")
}

pub fn broken(error: &dyn std::error::Error) -> String {
    // Libraries tell names of entries in their errors.
    format!("the archive is broken: {}", shown(&error.to_string()))
}
