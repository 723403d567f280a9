//! Quest 5.
