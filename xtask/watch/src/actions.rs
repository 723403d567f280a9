//! What the keys ask for and is done at once, each with the words that tell of it.

use std::fmt::Write as _;
use xtask::course::{Course, Quest};
use xtask::exit::UsageError;
use xtask::hints::{self, Which};
use xtask::report::way::Way;
use xtask::starting_point;
use xtask::state::State;

/// The hints that were shown, or the first one.
pub fn shown_hints(course: &Course, state: &State, quest: &Quest) -> anyhow::Result<String> {
    if hints::any_shown(state, quest)? {
        let mut text = hints::many(state, quest, Which::Shown)?;
        let _ = writeln!(text, "The next one: press n");
        return Ok(text);
    }
    next_hint(course, state, quest)
}

/// One hint more.
pub fn next_hint(course: &Course, state: &State, quest: &Quest) -> anyhow::Result<String> {
    hints::next(course, state, quest, Way::Key)
}

/// The run as a picture.
pub fn timeline(_course: &Course, quest: &Quest) -> anyhow::Result<String> {
    let quest = quest.number;
    Err(UsageError(format!("there is no timeline of quest {quest} in this copy of the course")).into())
}

/// Puts the starting point back.
pub fn reset(course: &Course, state: &State, quest: &Quest) -> anyhow::Result<String> {
    let path = quest.learner();
    let shown = course.relative(&path).display();
    if starting_point::is_there(course, quest)? {
        return Ok(format!("{shown} is the starting point already.\n"));
    }
    let kept = starting_point::put_back(course, state, quest)?;
    let kept = kept.map(|kept| format!("Your file is kept: {}\n", course.relative(&kept).display()));
    Ok(format!("{}{shown} is the starting point again.\n", kept.unwrap_or_default()))
}
