//! Where a call stands in the source.

use std::panic::Location;

/// The location of a call, as `#[track_caller]` hands it down.
pub(crate) type SourceLocation = &'static Location<'static>;
