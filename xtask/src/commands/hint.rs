//! `hint`: a quest's hints, one more each time, for the step that `check` led to.

use crate::cli;
use anyhow::{Context as _, bail};
use std::fs;
use xtask::course::Course;
use xtask::exit::Outcome;
use xtask::report::look::{BOLD, DIM, paint};
use xtask::say::say;
use xtask::state::State;

pub fn run(course: &Course, state: &State, arguments: &cli::Hint) -> anyhow::Result<Outcome> {
    let quest = course.quest(&arguments.quest)?;
    let path = quest.folder.join("hints.md");
    let text = fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
    let hints = parse(&text);
    if hints.is_empty() {
        bail!("{} holds no hint", path.display());
    }
    let mut shown = state.hints_shown(&quest.package)?;
    let number = quest.number;
    if arguments.all || arguments.again {
        let wanted: Vec<&Hint> = hints.iter().filter(|hint| arguments.all || shown.contains(&hint.name())).collect();
        for hint in &wanted {
            hint.print();
        }
        shown.extend(wanted.iter().map(|hint| hint.name()));
        state.set_hints_shown(&quest.package, &shown)?;
        say!("{} of {} hints shown.", shown.len(), hints.len());
        return Ok(Outcome::Passed);
    }
    let step = state.step(&quest.package)?.unwrap_or_else(|| quest.facts.steps[0].title.clone());
    let mut of_step: Vec<&Hint> = hints.iter().filter(|hint| hint.step.is_none_or(|other| other == step)).collect();
    if of_step.is_empty() {
        // The step has another name since a course update, or none of its own hints.
        of_step = hints.iter().collect();
    }
    let Some(position) = of_step.iter().position(|hint| !shown.contains(&hint.name())) else {
        say!("All {} hints for the step `{step}` were shown.", of_step.len());
        say!("Once more: cargo xtask hint {number} --again");
        if course.has_solutions() {
            say!("If it is still unclear: cargo xtask solution {number} --spoil");
        }
        return Ok(Outcome::Passed);
    };
    of_step[position].print();
    shown.insert(of_step[position].name());
    state.set_hints_shown(&quest.package, &shown)?;
    match of_step.len() - position - 1 {
        0 => say!("That was the last hint for this step."),
        1 => say!("There is one more hint for this step: cargo xtask hint {number}"),
        more => say!("There are {more} more hints for this step: cargo xtask hint {number}"),
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

impl Hint<'_> {
    /// What it is remembered by.
    fn name(&self) -> String {
        format!("{}: {}", self.step.unwrap_or_default(), self.title)
    }

    fn print(&self) {
        if let Some(step) = self.step {
            say!("{}", paint(DIM, step));
        }
        say!("{}\n\n{}\n", paint(BOLD, self.title), self.text);
    }
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
