//! Reads cargo's messages. The compiled code determines their number and size, so both are bounded; warnings beyond the bounds
//! are left out.

use super::output::{BuildOutput, Diagnostic, SourceLocation, package_of};
use super::request::TargetKind;
use anyhow::Context as _;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, Read as _};

/// Bytes of messages after which no warning is kept, and after which a failed build is killed.
const MOST_WORDS: u64 = 64 << 20;

/// Bytes of messages after which any build is killed.
const MOST_READ: u64 = 1 << 30;

/// Bytes of one message. A longer one is skipped.
const LONGEST: u64 = 16 << 20;

/// The bounds. Tests use smaller ones.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    words: u64,
    read: u64,
    longest: u64,
}

pub const BOUNDS: Bounds = Bounds { words: MOST_WORDS, read: MOST_READ, longest: LONGEST };

/// Adds all messages to `built`; `false` if there are too many and the build must be killed. By then an error has been added.
pub fn read_into(
    built: &mut BuildOutput,
    messages: &mut impl BufRead,
    what: TargetKind,
    bounds: Bounds,
) -> anyhow::Result<bool> {
    let mut read = 0;
    let mut bytes_by_file = MessageBytes::default();
    loop {
        let mut line = Vec::new();
        let count = messages
            .by_ref()
            .take(bounds.longest)
            .read_until(b'\n', &mut line)
            .context("cargo's messages broke off")?;
        if count == 0 {
            return Ok(true);
        }
        read += u64::try_from(count).unwrap_or(u64::MAX);
        // Anything else was printed by a build script, or is part of a message that is too long.
        if let Ok(message) = serde_json::from_slice::<Value>(&line) {
            bytes_by_file.add(&message, count);
            if read < bounds.words || message["message"]["level"] != "warning" {
                built.add(&message, what);
            }
        }
        if read >= bounds.words && built.errors().next().is_some() {
            return Ok(false);
        }
        if read >= bounds.read {
            bytes_by_file.blame_the_largest(built);
            return Ok(false);
        }
    }
}

/// The bytes of messages about each file of each package.
#[derive(Debug, Default)]
struct MessageBytes {
    bytes: BTreeMap<(String, String), usize>,
}

impl MessageBytes {
    fn add(&mut self, message: &Value, count: usize) {
        let spans = message["message"]["spans"].as_array();
        let file = spans.and_then(|spans| spans.first()?["file_name"].as_str()).unwrap_or_default();
        if let Some(package) = package_of(message) {
            *self.bytes.entry((package.to_owned(), file.to_owned())).or_default() += count;
        }
    }

    fn blame_the_largest(self, built: &mut BuildOutput) {
        if let Some(((package, file), _)) = self.bytes.into_iter().max_by_key(|(_, bytes)| *bytes) {
            let rendered = "The compiler printed so many messages about this file that it was killed. Does a macro \
                repeat something forever?";
            let location = Some(SourceLocation { file, line: 1 });
            built.packages.entry(package).or_default().errors.push(Diagnostic { rendered: rendered.into(), location });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SMALL: Bounds = Bounds { words: 2000, read: 20_000, longest: 1000 };

    fn message(level: &str, package: &str, words: &str) -> String {
        let message = json!({
            "reason": "compiler-message",
            "manifest_path": format!("/course/{package}/Cargo.toml"),
            "message": { "level": level, "message": "words", "rendered": words,
                "spans": [{ "is_primary": true, "file_name": format!("{package}/src/learner.rs"), "line_start": 3 }] },
        });
        format!("{message}\n")
    }

    fn read(lines: &str) -> (BuildOutput, bool) {
        let mut built = BuildOutput::default();
        let all = read_into(&mut built, &mut lines.as_bytes(), TargetKind::Tests, SMALL).unwrap();
        (built, all)
    }

    #[test]
    fn warnings_beyond_the_bound_are_left_out_and_what_follows_is_read() {
        let artifact = json!({ "reason": "compiler-artifact", "manifest_path": "/course/a/Cargo.toml",
            "target": { "kind": ["test"] }, "executable": "/program" });
        let (built, all) = read(&(message("warning", "a", "w").repeat(40) + &artifact.to_string() + "\n"));
        assert!(all);
        assert!(built.packages["a"].warnings.len() < 20);
        assert!(built.program("a").is_some());
    }

    #[test]
    fn an_endless_build_is_the_fault_of_the_file_with_most_messages() {
        let (built, all) = read(&(message("warning", "b", "w") + &message("warning", "a", "w").repeat(500)));
        assert!(!all);
        assert!(built.packages["a"].errors[0].rendered.contains("so many messages"));
        assert_eq!(built.packages["a"].errors[0].location.as_ref().unwrap().file, "a/src/learner.rs");
        assert!(built.packages.get("b").is_none_or(|package| package.errors.is_empty()));
    }

    #[test]
    fn errors_beyond_the_bound_end_the_build() {
        let (built, all) = read(&message("error", "a", "e").repeat(500));
        assert!(!all);
        assert!(built.packages["a"].errors.len() < 20);
    }

    #[test]
    fn a_message_that_is_too_long_is_left_out() {
        let (built, all) = read(&(message("error", "a", &"e".repeat(1500)) + &message("warning", "a", "w")));
        assert!(all);
        assert_eq!((built.packages["a"].errors.len(), built.packages["a"].warnings.len()), (0, 1));
    }
}
