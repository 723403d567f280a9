//! Quest 7.
