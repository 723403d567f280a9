//! A quest's hints, one more each time, for the step that the last check pointed to.

use crate::course::{Course, Quest};
use crate::report::frontend::Frontend;
use crate::state::State;
use crate::terminal::markdown;
use crate::terminal::style::{BOLD, DIM, Terminal, paint};
use anyhow::{Context as _, bail};
use std::fmt::Write as _;
use std::fs;

/// A `## ` section of `hints.md`, with the `# ` heading that it is under.
#[derive(Debug, PartialEq, Eq)]
pub struct Hint<'a> {
    pub step: Option<&'a str>,
    pub title: &'a str,
    pub text: &'a str,
}

/// Which hints to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HintSelection {
    All,
    /// Those that the learner has seen.
    Seen,
}

/// The next hint for the current step, as text. It is remembered as seen.
pub fn next(course: &Course, state: &State, quest: &Quest, frontend: Frontend) -> anyhow::Result<String> {
    let text = read(quest)?;
    let hints = hints_of(quest, &text)?;
    let mut shown = state.hints_shown(&quest.package)?;
    let step = state.step(&quest.package)?.unwrap_or_else(|| quest.meta.steps[0].title.clone());
    let of_step = of_step(&hints, &step);
    let Some(position) = of_step.iter().position(|hint| !shown.contains(&hint.name())) else {
        return Ok(no_more(course, quest, frontend, of_step.len(), &step));
    };
    let mut out = of_step[position].render();
    shown.insert(of_step[position].name());
    state.set_hints_shown(&quest.package, &shown)?;
    let ask = frontend.next_hint(quest.number);
    out.push_str(&more(of_step.len() - position - 1, &ask));
    Ok(out)
}

/// A line about how many hints are left for the current step.
fn more(count: usize, ask: &str) -> String {
    match count {
        0 => "That was the last hint for this step.\n".to_owned(),
        1 => format!("There is one more hint for this step: {ask}\n"),
        more => format!("There are {more} more hints for this step: {ask}\n"),
    }
}

/// Several hints at once, as text. They are remembered as seen.
pub fn many(state: &State, quest: &Quest, which: HintSelection, frontend: Frontend) -> anyhow::Result<String> {
    let text = read(quest)?;
    let hints = hints_of(quest, &text)?;
    let mut shown = state.hints_shown(&quest.package)?;
    let wanted = hints.iter().filter(|hint| which == HintSelection::All || shown.contains(&hint.name()));
    let wanted: Vec<&Hint> = wanted.collect();
    let mut out: String = wanted.iter().map(|hint| hint.render()).collect();
    shown.extend(wanted.iter().map(|hint| hint.name()));
    state.set_hints_shown(&quest.package, &shown)?;
    if which == HintSelection::Seen {
        let _ = writeln!(out, "Of this quest's {} hints, you have seen {}.", hints.len(), wanted.len());
        let step = state.step(&quest.package)?.unwrap_or_else(|| quest.meta.steps[0].title.clone());
        let left = of_step(&hints, &step).iter().filter(|hint| !shown.contains(&hint.name())).count();
        out.push_str(&more(left, &frontend.next_hint(quest.number)));
    }
    Ok(out)
}

/// Whether the learner has seen any of the quest's hints.
pub fn any_shown(state: &State, quest: &Quest) -> anyhow::Result<bool> {
    Ok(!state.hints_shown(&quest.package)?.is_empty())
}

/// The hints of a `hints.md`, in order. Headings inside code blocks are code.
pub fn parse(text: &str) -> Vec<Hint<'_>> {
    let mut hints: Vec<Hint> = Vec::new();
    let mut step = None;
    // Where the text of the current hint begins.
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

impl Hint<'_> {
    /// The name under which it is remembered.
    fn name(&self) -> String {
        format!("{}: {}", self.step.unwrap_or_default(), self.title)
    }

    fn render(&self) -> String {
        let step = self.step.map(|step| format!("{}\n", paint(DIM, step))).unwrap_or_default();
        format!("{step}{}\n\n{}\n", paint(BOLD, self.title), markdown::render(self.text, Terminal::detect()))
    }
}

fn read(quest: &Quest) -> anyhow::Result<String> {
    let path = quest.folder.join("hints.md");
    fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))
}

fn hints_of<'a>(quest: &Quest, text: &'a str) -> anyhow::Result<Vec<Hint<'a>>> {
    let hints = parse(text);
    if hints.is_empty() {
        bail!("{} contains no hint", quest.folder.join("hints.md").display());
    }
    Ok(hints)
}

/// The hints for a step. After a course update it may have another name, or no hints of its own: then all of them.
fn of_step<'a>(hints: &'a [Hint<'a>], step: &str) -> Vec<&'a Hint<'a>> {
    let of_step: Vec<&Hint> = hints.iter().filter(|hint| hint.step.is_none_or(|other| other == step)).collect();
    if of_step.is_empty() { hints.iter().collect() } else { of_step }
}

fn no_more(course: &Course, quest: &Quest, frontend: Frontend, count: usize, step: &str) -> String {
    let number = quest.number;
    let mut out = format!(
        "You have seen all {count} hints for the step `{step}`.\nShow them again: {}\n",
        frontend.hints_again(number)
    );
    if course.has_solutions() {
        let _ = writeln!(out, "Still stuck? cargo xtask solution {number} --spoil");
    }
    out
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
    fn text_without_a_section_has_no_hints() {
        assert_eq!(parse("# Only a title\n\ntext"), []);
    }
}
