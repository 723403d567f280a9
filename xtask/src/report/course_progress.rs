//! How far the learner is in the whole course. It follows from the verdicts; nothing is stored.

use crate::course::Quest;
use crate::engine::verdict::Judgement;
use std::fmt;

/// Points, quests done, and the next quest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseProgress {
    pub points: u32,
    pub of_points: u32,
    pub done: usize,
    pub quests: usize,
    /// Number and title of the first quest that is not done.
    pub next: Option<(u32, String)>,
}

impl CourseProgress {
    /// The progress of a learner with these verdicts.
    pub fn of<'a>(results: impl IntoIterator<Item = (&'a Quest, &'a Judgement)>) -> Self {
        let mut course_progress = Self { points: 0, of_points: 0, done: 0, quests: 0, next: None };
        for (quest, judgement) in results {
            course_progress.points += judgement.points();
            course_progress.of_points += quest.meta.points;
            course_progress.quests += 1;
            if judgement.is_green() {
                course_progress.done += 1;
            } else if course_progress.next.is_none() {
                course_progress.next = Some((quest.number, quest.meta.title.clone()));
            }
        }
        course_progress
    }
}

impl fmt::Display for CourseProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { points, of_points, done, quests, next } = self;
        match next {
            Some((number, title)) => write!(
                f,
                "{points} of {of_points} points, {done} of {quests} quests done. Next: quest {number}, {title}."
            ),
            None => write!(f, "{points} of {of_points} points, all {quests} quests done."),
        }
    }
}
