//! Quest 6.
