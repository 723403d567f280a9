//! Verdicts as text for people ([`text`], with [`side_by_side`]) and as JSON for tools ([`json`]). Both say the same.

pub mod json;
pub mod look;
mod scan;
mod side_by_side;
pub mod text;

use crate::course::{Course, Quest, Step, Test};
use crate::engine::build::Place;
use crate::engine::verdict::{Judged, Judgement, Verdict};
use crate::state::Mode;
use std::fs;
use std::path::{Path, PathBuf};

/// All that `check` found.
#[derive(Debug)]
pub struct Report<'a> {
    pub course: &'a Course,
    pub mode: Mode,
    pub results: Vec<(&'a Quest, Judgement)>,
}

/// The one thing to do next: the first quest that is not green, and its first red test.
#[derive(Debug)]
pub struct Next<'a> {
    pub quest: &'a Quest,
    pub judgement: &'a Judgement,
    /// The step, the test and its verdict; none if the quest could not be built.
    pub red: Option<(&'a Step, &'a Test, &'a Judged)>,
    /// Where to edit.
    pub place: Place,
}

impl Report<'_> {
    pub fn passed(&self) -> bool {
        self.results.iter().all(|(_, judgement)| judgement.is_green())
    }

    pub fn next(&self) -> Option<Next<'_>> {
        let (quest, judgement) = self.results.iter().find(|(_, judgement)| !judgement.is_green())?;
        let red = quest
            .tests()
            .zip(judgement.tests())
            .find(|(_, judged)| !judged.verdict.passed())
            .map(|((step, test), judged)| (step, test, judged));
        let place = match (judgement, red) {
            (Judgement::DoesNotCompile(errors), _) => errors.iter().find_map(|error| error.place.clone()),
            (_, Some((step, _, judged))) => Some(self.place(quest, step, &judged.verdict)),
            _ => None,
        };
        let place = place.unwrap_or_else(|| Place { file: self.source(quest), line: 1 });
        Some(Next { quest, judgement, red, place })
    }

    /// The file that decides the quest in this mode, as seen from the course's folder.
    fn source(&self, quest: &Quest) -> PathBuf {
        match self.mode {
            Mode::Learner => self.course.relative(&quest.learner()).to_owned(),
            Mode::Reference => Path::new("solutions").join("src").join(quest.crate_name()).with_extension("rs"),
        }
    }

    /// Where the fault shows in that file, else where the step's work is.
    fn place(&self, quest: &Quest, step: &Step, verdict: &Verdict) -> Place {
        let file = self.source(quest);
        let text = fs::read_to_string(self.course.root.join(&file)).unwrap_or_default();
        let line = match verdict {
            Verdict::Panicked { panics, .. } | Verdict::NotStarted { panics } => panics.iter().find_map(|panic| {
                let location = parse_location(&panic.location)?;
                (location.file == file).then_some(location.line)
            }),
            Verdict::BlockedOutside => scan::std_calls(&text).first().map(|finding| finding.line),
            _ => None,
        };
        let of_step = || (1..).zip(text.lines()).find(|(_, line)| line.contains(&step.edit)).map(|(number, _)| number);
        Place { line: line.or_else(of_step).unwrap_or(1), file }
    }
}

/// `quest-01-blocking/src/learner.rs:12:5`
fn parse_location(location: &str) -> Option<Place> {
    let mut parts = location.rsplitn(3, ':');
    let _column = parts.next()?;
    let line = parts.next()?.parse().ok()?;
    Some(Place { file: parts.next()?.into(), line })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_file_line_and_column() {
        let place = parse_location("quest-01-blocking/src/learner.rs:12:5").unwrap();
        assert_eq!(place, Place { file: "quest-01-blocking/src/learner.rs".into(), line: 12 });
        assert_eq!(
            parse_location(r"C:\course\src\learner.rs:1:2").unwrap().file,
            Path::new(r"C:\course\src\learner.rs")
        );
        assert_eq!(parse_location("somewhere"), None);
    }
}
