//! `hint`: a quest's hints, one more each time.

use crate::cli;
use crate::course::Course;
use crate::exit::Outcome;
use crate::report::look::{BOLD, DIM, paint};
use crate::say::say;
use crate::state::State;
use anyhow::{Context as _, bail};
use std::fs;

pub fn run(course: &Course, state: &State, arguments: &cli::Hint) -> anyhow::Result<Outcome> {
    let quest = course.quest(&arguments.quest)?;
    let path = quest.folder.join("hints.md");
    let text = fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
    let hints = parse(&text);
    if hints.is_empty() {
        bail!("{} holds no hint", path.display());
    }
    let shown_before = state.hints_shown(&quest.package)?.min(hints.len());
    let (first, end) = match (arguments.all, arguments.again) {
        (true, _) => (0, hints.len()),
        (_, true) => (0, shown_before),
        _ => (shown_before, (shown_before + 1).min(hints.len())),
    };
    for hint in &hints[first..end] {
        if let Some(step) = hint.step {
            say!("{}", paint(DIM, step));
        }
        say!("{}\n\n{}\n", paint(BOLD, hint.title), hint.text);
    }
    if end > shown_before {
        state.set_hints_shown(&quest.package, end)?;
    }
    let number = quest.number;
    if end < hints.len() {
        say!("{end} of {} hints shown. The next one: cargo xtask hint {number}", hints.len());
    } else if first == end {
        say!("All {} hints were shown. Once more: cargo xtask hint {number} --again", hints.len());
    } else {
        say!("That was the last hint. If it is still unclear: cargo xtask solution {number} --spoil");
    }
    Ok(Outcome::Passed)
}

/// A `## ` section of `hints.md`, with the `# ` heading above it.
#[derive(Debug, PartialEq, Eq)]
pub struct Hint<'a> {
    pub step: Option<&'a str>,
    pub title: &'a str,
    pub text: &'a str,
}

/// The hints of a `hints.md`, in order. Headings inside code blocks are code.
pub fn parse(text: &str) -> Vec<Hint<'_>> {
    let mut hints: Vec<Hint> = Vec::new();
    let mut step = None;
    // Where the text of the last hint begins, while it goes on.
    let mut open = None;
    let mut in_code = false;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let end = offset + line.len();
        in_code ^= line.trim_start().starts_with("```");
        if !in_code && (line.starts_with("# ") || line.starts_with("## ")) {
            open = None;
            let title = line.trim_start_matches('#').trim();
            if line.starts_with("## ") {
                hints.push(Hint { step, title, text: "" });
                open = Some(end);
            } else {
                step = Some(title);
            }
        }
        if let (Some(start), Some(hint)) = (open, hints.last_mut()) {
            hint.text = text[start..end].trim();
        }
        offset = end;
    }
    hints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_sections_under_their_step() {
        let text = "Intro.\n\n## Hint 0: before any step\n\nzero\n\n# First step\n\n## Hint 1: gentle\n\none\n\n```rust\n# // hidden\n## no heading\n```\n\n# Second step\n\nwords\n\n## Hint 2\n\ntwo";
        let hints = parse(text);
        let short: Vec<(Option<&str>, &str)> = hints.iter().map(|hint| (hint.step, hint.title)).collect();
        assert_eq!(
            short,
            [
                (None, "Hint 0: before any step"),
                (Some("First step"), "Hint 1: gentle"),
                (Some("Second step"), "Hint 2")
            ]
        );
        assert_eq!(hints[1].text, "one\n\n```rust\n# // hidden\n## no heading\n```");
        assert_eq!(hints[2].text, "two");
    }

    #[test]
    fn no_section_is_no_hint() {
        assert_eq!(parse("# Only a title\n\ntext"), []);
    }
}
