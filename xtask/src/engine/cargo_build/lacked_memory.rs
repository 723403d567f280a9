//! Compilers and linkers that got less memory than they may use.

use crate::engine::memory;
use serde_json::Value;
use std::error::Error;
use std::fmt::{self, Display, Formatter};

/// The compiler was killed, and not by the runner, or was refused memory, so there is no verdict on the code.
#[derive(Debug)]
pub struct CompilerKilled {
    /// The bytes of memory that it may use.
    pub(super) limit: Option<u64>,
    /// What cargo printed.
    pub(super) stderr: String,
}

impl Display for CompilerKilled {
    fn fmt(&self, formatter: &mut Formatter) -> fmt::Result {
        formatter.write_str("the compiler was killed from outside, as happens when memory runs out")?;
        if let Some(room) = memory::room() {
            write!(formatter, "; this machine has {} MiB", memory::mebibytes(room.total))?;
        }
        if let Some(limit) = self.limit {
            write!(formatter, ", and a compiler may use up to {} MiB", memory::mebibytes(limit))?;
        }
        write!(formatter, "\n{}", self.stderr)
    }
}

impl Error for CompilerKilled {}

/// Whether a compiler or linker says that it got no memory.
pub fn lacked_memory(words: &str) -> bool {
    ["memory allocation of", "LLVM ERROR: out of memory", "Cannot allocate memory"]
        .iter()
        .any(|sign| words.contains(sign))
}

/// The compiler's own words: the code is none that a submission can give to a message, and what a constant says when it panics
/// comes after other words.
pub fn is_about_memory(message: &Value) -> bool {
    message["code"]["code"] == "E0080"
        && message["message"] == "tried to allocate more memory than available to compiler"
}
