//! `solution`: the reference and why it works, once the quest is passed.

use crate::cli::SolutionArgs;
use anyhow::Context as _;
use std::fs;
use xtask::course::Course;
use xtask::engine;
use xtask::exit::Outcome;
use xtask::print_line;
use xtask::state::Mode;
use xtask::terminal::markdown;
use xtask::terminal::style::Terminal;

pub fn run(course: &Course, arguments: &SolutionArgs) -> anyhow::Result<Outcome> {
    let quest = course.quest(&arguments.quest)?;
    course.require_solutions()?;
    let path = course.solution(quest);
    let text = fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
    if !arguments.spoil {
        // In either mode, since the reference always passes.
        let judgement = engine::judge_quests(course, &[quest], Mode::Learner)?;
        if !judgement.iter().all(engine::verdict::Judgement::is_green) {
            let number = quest.number;
            print_line!("You have not passed quest {number} yet, and solving it yourself is the point.");
            print_line!("A hint: cargo xtask hint {number}");
            print_line!("Show it anyway: cargo xtask solution {number} --spoil");
            return Ok(Outcome::Unfinished);
        }
    }
    let (explanation, code) = split(&text);
    let explanation = markdown::render(&explanation, Terminal::detect());
    print_line!("{explanation}\n{}\n\n{code}", course.display_path(&path));
    Ok(Outcome::Passed)
}

/// The module's documentation, as text, and the code after it.
fn split(source: &str) -> (String, String) {
    let is_documentation = |line: &&str| line.starts_with("//!");
    let explanation = source
        .lines()
        .take_while(is_documentation)
        .map(|line| line.trim_start_matches("//!").strip_prefix(' ').unwrap_or_default());
    let code = source.lines().skip_while(is_documentation);
    (explanation.collect::<Vec<_>>().join("\n"), code.collect::<Vec<_>>().join("\n").trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn the_documentation_comes_first_and_without_its_slashes() {
        let (explanation, code) = split("//! Why.\n//!\n//!     indented\n\nuse x;\n//! not here\n");
        assert_eq!(explanation, "Why.\n\n    indented");
        assert_eq!(code, "use x;\n//! not here");
    }
}
