//! Why a file was rejected.

use std::fmt;

/// Why a learner's file is not compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// There is no text to compile: why not.
    Unreadable(String),
    Forbidden(Forbidden),
}

/// What a file must not hold, and where it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forbidden {
    /// Counted from 1.
    pub line: u64,
    /// As it is written in Rust: `unsafe` in backquotes, for instance.
    pub what: String,
    /// In whole sentences: what it is, why the course does not take it, what to do instead.
    pub why: String,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => f.write_str(why),
            Self::Forbidden(forbidden) => forbidden.fmt(f),
        }
    }
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} contains {}. {}", self.line, self.what, self.why)
    }
}
