//! Quest 10.
