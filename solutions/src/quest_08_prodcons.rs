//! Quest 8.
