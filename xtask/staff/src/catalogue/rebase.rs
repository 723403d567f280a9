//! Rebases wrong programs onto a correct program that has changed: `cargo xtask verify --rebase`.
//!
//! If the lines of a diff have only moved, the diff moves with them. If the lines have changed, the last version of the correct
//! program to which the diff applies is looked up in git, and both changes are merged.

use super::wrong::{self, WrongDiff};
use super::{base, correct_programs, read, wrong_folder, wrong_programs};
use anyhow::{Context as _, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use xtask::course::{Course, Quest};
use xtask::files::write_atomically;

/// The result of rebasing a wrong program.
#[derive(Debug, PartialEq, Eq)]
pub enum Rebased {
    /// The diff was up to date.
    Current,
    /// The diff was rewritten.
    Moved,
    /// The diff was merged with the change of the correct program. It should be reviewed.
    Merged,
    /// The diff could not be rebased, and was not changed; why.
    Left(String),
}

/// Rewrites the diffs of a quest's wrong programs, and returns the result for each file.
///
/// # Errors
///
/// When a file cannot be read or written.
pub fn rebase(course: &Course, quest: &Quest) -> anyhow::Result<Vec<(String, Rebased)>> {
    let mut all = Vec::new();
    for path in wrong_programs(course, quest)? {
        if path.extension().is_some_and(|extension| extension == "diff") {
            all.push((course.display_path(&path), rebase_file(course, quest, &path)?));
        }
    }
    Ok(all)
}

/// Creates a wrong program from the edited learner's file, and returns its path.
///
/// # Errors
///
/// When the name is taken or cannot be a file's, when the learner's file is a correct program as it stands, or when a file cannot
/// be read or written.
pub fn add(course: &Course, quest: &Quest, name: &str) -> anyhow::Result<PathBuf> {
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        bail!("`{name}` cannot name a wrong program: use lowercase letters, digits and `-`");
    }
    let path = wrong_folder(course, quest).join(name).with_extension("diff");
    if path.exists() || path.with_extension("rs").exists() {
        bail!(
            "{} already has a wrong program of that name: choose another",
            course.display_path(&wrong_folder(course, quest))
        );
    }
    let edited = read(&quest.learner())?;
    let mut shortest: Option<String> = None;
    for program in correct_programs(course, quest)? {
        let source = read(&program)?;
        if source == edited {
            bail!(
                "{} is {}: make a mistake in it first",
                course.display_path(&quest.learner()),
                course.display_path(&program)
            );
        }
        let text = wrong::new(&course.display_path(&program), &source, &edited);
        if shortest.as_ref().is_none_or(|shortest| text.lines().count() < shortest.lines().count()) {
            shortest = Some(text);
        }
    }
    let text = shortest.context("the quest has no correct program")?;
    write_atomically(&path, text.as_bytes())?;
    Ok(path)
}

fn rebase_file(course: &Course, quest: &Quest, path: &Path) -> anyhow::Result<Rebased> {
    let text = read(path)?;
    let mistake = match WrongDiff::read(&text) {
        Ok(mistake) => mistake,
        Err(problem) => return Ok(Rebased::Left(problem.to_string())),
    };
    let Some(now) = base(course, quest, &mistake)? else {
        return Ok(Rebased::Left(mistake.no_such_base().to_string()));
    };
    let (wrong, rebased) = match mistake.apply(&now) {
        Ok(wrong) => (wrong, Rebased::Moved),
        Err(problem) => match merged(course, &mistake, &now) {
            Some(wrong) => (wrong, Rebased::Merged),
            None => return Ok(Rebased::Left(problem.to_string())),
        },
    };
    let rewritten = mistake.rewritten(&now, &wrong);
    if rewritten == text {
        return Ok(Rebased::Current);
    }
    write_atomically(path, rewritten.as_bytes())?;
    Ok(rebased)
}

/// Merges the mistake into the current correct program, if it does not conflict with the changes of that program.
fn merged(course: &Course, mistake: &WrongDiff, now: &str) -> Option<String> {
    let (old, wrong) = earlier_versions(&course.root, mistake.base)
        .find_map(|old| mistake.apply_exactly(&old).ok().map(|wrong| (old, wrong)))?;
    diffy::merge(&old, now, &wrong).ok().filter(|merged| merged != now)
}

/// The versions of a file in git, the newest first; none without git or history.
fn earlier_versions<'a>(root: &'a Path, file: &'a str) -> impl Iterator<Item = String> + 'a {
    let commits = git(root, &["log", "--format=%H", "--", file]).unwrap_or_default();
    let commits: Vec<String> = commits.lines().map(str::to_owned).collect();
    commits.into_iter().filter_map(move |commit| git(root, &["show", &format!("{commit}:./{file}")]))
}

fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    command.current_dir(folder).args(arguments).stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}
