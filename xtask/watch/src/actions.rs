//! Actions that a key asks for and that are done at once. Each returns the text to print.

use xtask::course::{Course, Quest};
use xtask::engine;
use xtask::engine::verdict::Judgement;
use xtask::hints::{self, HintSelection};
use xtask::report::frontend::Frontend;
use xtask::report::test_picture;
use xtask::state::State;
use xtask::stub;
use xtask::terminal::style::Terminal;

/// The hints that were seen, or the first one.
pub fn seen_hints(course: &Course, state: &State, quest: &Quest) -> anyhow::Result<String> {
    if hints::any_shown(state, quest)? {
        return hints::many(state, quest, HintSelection::Seen, Frontend::Watch);
    }
    next_hint(course, state, quest)
}

/// One more hint.
pub fn next_hint(course: &Course, state: &State, quest: &Quest) -> anyhow::Result<String> {
    hints::next(course, state, quest, Frontend::Watch)
}

/// The first red test of a quest as a picture, else its first.
pub fn timeline(quest: &Quest, judgement: Option<&Judgement>) -> anyhow::Result<String> {
    let judgement = judgement.filter(|judgement| !judgement.tests().is_empty());
    let Some(judgement) = judgement else { return Ok("There is nothing to draw yet.\n".to_owned()) };
    let (test, judged) = test_picture::select(quest, judgement, None);
    let expected = engine::snapshot(quest, &test.name)?;
    Ok(test_picture::render(quest, test, judged, &expected, Terminal::detect()))
}

/// Restores the stub.
pub fn reset(course: &Course, state: &State, quest: &Quest) -> anyhow::Result<String> {
    let path = course.display_path(&quest.learner());
    if stub::is_restored(course, quest)? {
        return Ok(format!("{path} is already the stub.\n"));
    }
    let backup = stub::restore(course, state, quest)?;
    let backup = backup.map(|backup| format!("Your file is backed up in {}\n", course.display_path(&backup)));
    Ok(format!("{}{path} is the stub again.\n", backup.unwrap_or_default()))
}
