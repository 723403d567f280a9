//! Checks that the pictures in lessons show what the solutions do, and that no code in them is hidden.

use anyhow::Context as _;
use std::fs;
use xtask::course::Quest;
use xtask::engine;
use xtask::engine::verdict::Judgement;
use xtask::files;
use xtask::picture::{self, Drawing};
use xtask::terminal::style::{Terminal, plain};

/// How lessons are drawn.
const TERMINAL: Terminal = Terminal { width: 80, unicode: true };

/// The markers around a picture in a lesson; the test's name is between the first two.
const OPEN: &str = "<!-- timeline: ";
const OPENED: &str = " -->";
const CLOSE: &str = "<!-- /timeline -->";

/// The problems in a quest's lesson. With `bless`, its pictures are redrawn.
pub fn check(quest: &Quest, solution: &Judgement, bless: bool) -> anyhow::Result<Vec<String>> {
    let path = quest.folder.join("README.md");
    let lesson = fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
    let lesson = lesson.replace("\r\n", "\n");
    if let Some(line) = hidden_line(&lesson) {
        return Ok(vec![format!(
            "README.md:{line} marks code as hidden, which works only in rustdoc: show it, or turn it into a comment"
        )]);
    }
    let current = match redrawn(&lesson, |test| drawn(quest, solution, test)) {
        Ok(current) => current,
        Err(problem) => return Ok(vec![problem]),
    };
    if current == lesson {
        return Ok(Vec::new());
    }
    if bless {
        files::write_atomically(&path, current.as_bytes())?;
        return Ok(Vec::new());
    }
    let number = quest.number;
    Ok(vec![format!("a picture in README.md is out of date. To update it: cargo xtask verify {number} --bless")])
}

/// The first line of code that rustdoc would hide. GitHub and editors show it with its `#`.
fn hidden_line(lesson: &str) -> Option<usize> {
    let mut is_rust = false;
    for (number, line) in (1..).zip(lesson.lines().map(str::trim)) {
        match line.strip_prefix("```") {
            Some(language) => is_rust = language.starts_with("rust"),
            None if is_rust && (line == "#" || line.starts_with("# ")) => return Some(number),
            None => {}
        }
    }
    None
}

/// The lesson with every picture drawn by `draw`.
fn redrawn(lesson: &str, draw: impl Fn(&str) -> Result<String, String>) -> Result<String, String> {
    let (mut out, mut rest) = (String::new(), lesson);
    while let Some((before, after)) = rest.split_once(OPEN) {
        let unclosed = || format!("README.md has `{OPEN}` without its `{CLOSE}`");
        let (test, after) = after.split_once(OPENED).ok_or_else(unclosed)?;
        let (_, after) = after.split_once(CLOSE).ok_or_else(unclosed)?;
        let picture = draw(test)?;
        out.extend([before, OPEN, test, OPENED, "\n```text\n", &picture, "```\n", CLOSE]);
        rest = after;
    }
    Ok(out + rest)
}

fn drawn(quest: &Quest, solution: &Judgement, test: &str) -> Result<String, String> {
    let judged = solution.tests().iter().find(|judged| judged.name == test);
    let judged =
        judged.ok_or_else(|| format!("README.md shows `{test}`, which is not a test that the solution ran"))?;
    let expected = engine::snapshot(quest, test).map_err(|error| format!("{error:#}"))?;
    let runs = picture::runs(&expected).ok_or_else(|| format!("README.md shows `{test}`, which has no timeline"))?;
    let [run] = runs.as_slice() else { return Err(format!("README.md shows `{test}`, which has several runs")) };
    let traces = picture::trace_of_run(&judged.traces, 1, 0);
    let drawing =
        Drawing::new(run, run, traces, TERMINAL).ok_or_else(|| format!("`{test}` does not fit into README.md"))?;
    Ok(plain(&drawing.text))
}

#[cfg(test)]
mod tests {
    use super::{hidden_line, redrawn};

    #[test]
    fn every_picture_is_drawn_and_the_rest_stays() {
        let lesson = "a\n<!-- timeline: x -->\nold\n<!-- /timeline -->\nb\n<!-- timeline: y -->\n<!-- /timeline -->\n";
        let current = redrawn(lesson, |test| Ok(format!("picture of {test}\n"))).unwrap();
        let expected = "a\n<!-- timeline: x -->\n```text\npicture of x\n```\n<!-- /timeline -->\nb\n\
                        <!-- timeline: y -->\n```text\npicture of y\n```\n<!-- /timeline -->\n";
        assert_eq!(current, expected);
        assert_eq!(redrawn(&current, |test| Ok(format!("picture of {test}\n"))).unwrap(), current);
    }

    #[test]
    fn code_that_only_rustdoc_hides_is_found() {
        let lesson = "# Title\n```text\n# a list\n```\n```rust,no_run\n#[derive(Debug)]\nstruct A;\n# fn main() {\n";
        assert_eq!(hidden_line(lesson), Some(8));
        assert_eq!(hidden_line(&lesson.replace("# fn", "fn")), None);
    }

    #[test]
    fn a_picture_has_an_end() {
        for lesson in ["<!-- timeline: x", "<!-- timeline: x -->\nopen"] {
            assert!(redrawn(lesson, |_| Ok(String::new())).is_err(), "{lesson}");
        }
    }
}
