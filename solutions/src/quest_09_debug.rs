//! Quest 9.
