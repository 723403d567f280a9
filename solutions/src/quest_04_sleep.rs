//! Quest 4.
