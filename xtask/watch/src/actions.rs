//! What the keys ask for and is done at once, each with the words that tell of it.

use xtask::course::{Course, Quest};
use xtask::engine;
use xtask::engine::verdict::Judgement;
use xtask::hints::{self, Which};
use xtask::report::look::Look;
use xtask::report::shown;
use xtask::report::way::Way;
use xtask::starting_point;
use xtask::state::State;

/// The hints that were shown, or the first one.
pub fn shown_hints(course: &Course, state: &State, quest: &Quest) -> anyhow::Result<String> {
    if hints::any_shown(state, quest)? {
        return hints::many(state, quest, Which::Shown, Way::Key);
    }
    next_hint(course, state, quest)
}

/// One hint more.
pub fn next_hint(course: &Course, state: &State, quest: &Quest) -> anyhow::Result<String> {
    hints::next(course, state, quest, Way::Key)
}

/// The first red test of a quest as a picture, else its first.
pub fn timeline(quest: &Quest, judgement: Option<&Judgement>) -> anyhow::Result<String> {
    let judgement = judgement.filter(|judgement| !judgement.tests().is_empty());
    let Some(judgement) = judgement else { return Ok("There is nothing to draw yet.\n".to_owned()) };
    let (test, judged) = shown::chosen(quest, judgement, None);
    let expected = engine::snapshot(quest, &test.name)?;
    Ok(shown::render(quest, test, judged, &expected, Look::here()))
}

/// Puts the starting point back.
pub fn reset(course: &Course, state: &State, quest: &Quest) -> anyhow::Result<String> {
    let path = quest.learner();
    let shown = course.shown(&path);
    if starting_point::is_there(course, quest)? {
        return Ok(format!("{shown} is the starting point already.\n"));
    }
    let kept = starting_point::put_back(course, state, quest)?;
    let kept = kept.map(|kept| format!("Your file is kept: {}\n", course.shown(&kept)));
    Ok(format!("{}{shown} is the starting point again.\n", kept.unwrap_or_default()))
}
