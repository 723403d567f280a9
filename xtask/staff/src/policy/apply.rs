//! Applies a teacher's decisions to the grades.

use super::file::{LearnerPolicy, Policy};
use super::late::penalty;
use crate::model::{Adjustment, GradedSubmission, Grades, Intake, QuestGrade, QuestInfo};
use crate::points::Points;
use jiff::Timestamp;
use std::fmt::Write as _;
use xtask::course::SCENARIO;

impl Policy {
    /// Applies all of it. Returns notes for the teacher, a sentence each.
    pub fn apply(&self, grades: &mut Grades) -> Vec<String> {
        let raw = grades.quests.clone();
        self.change_quests(grades);
        for submission in &mut grades.submissions {
            for ((info, raw), quest) in grades.quests.iter().zip(&raw).zip(&mut submission.quests) {
                recount(info, raw, quest);
            }
        }
        let mut notes = Vec::new();
        let possible = grades.points();
        for submission in &mut grades.submissions {
            let learner = self.learner.iter().find(|learner| learner.id == submission.id);
            if let Some(learner) = learner {
                override_quests(learner, &grades.quests, submission);
            }
            notes.extend(self.adjust_total(learner, submission, possible));
        }
        self.scale(grades);
        notes
    }

    /// The points of quests and tests, for everyone.
    fn change_quests(&self, grades: &mut Grades) {
        for exemption in &self.exempt {
            let Some(quest) = grades.quests.iter_mut().find(|quest| quest.number == exemption.quest) else { continue };
            let is_meant = |name: &str| exemption.test.as_deref().is_none_or(|test| test == name);
            for test in quest.tests.iter_mut().filter(|test| is_meant(&test.name)) {
                test.points = Points::ZERO;
                test.exempt = Some(exemption.reason.clone());
            }
            quest.points = quest.tests.iter().map(|test| test.points).sum();
            let what = exemption.test.as_ref().map_or_else(
                || format!("Quest {} does not count", quest.number),
                |test| format!("The test {test} of quest {} does not count", quest.number),
            );
            grades.policy.push(format!("{what}: {}", exemption.reason));
        }
        for weight in &self.weight {
            let Some(quest) = grades.quests.iter_mut().find(|quest| quest.number == weight.quest) else { continue };
            let old = quest.points;
            match &weight.test {
                Some(name) => {
                    for test in quest.tests.iter_mut().filter(|test| test.name == *name && test.exempt.is_none()) {
                        test.points = weight.points;
                    }
                }
                None => scale_tests(quest, weight.points),
            }
            quest.points = quest.tests.iter().map(|test| test.points).sum();
            let of = weight.test.as_ref().map(|test| format!(", since its test {test} has {}", weight.points));
            grades.policy.push(format!(
                "Quest {} has {} points instead of {old}{}",
                quest.number,
                quest.points,
                of.unwrap_or_default()
            ));
        }
    }

    /// Extra points and the penalty for lateness. Returns a note if the penalty cannot be known.
    fn adjust_total(
        &self,
        learner: Option<&LearnerPolicy>,
        submission: &mut GradedSubmission,
        possible: Points,
    ) -> Option<String> {
        if let Some(comment) = learner.and_then(|learner| learner.comment.clone()) {
            submission.adjustments.push(Adjustment { points: Points::ZERO, why: comment });
        }
        let earned = submission.earned()?;
        if let Some(extra) = learner.and_then(|learner| learner.extra) {
            let kind = if extra < Points::ZERO { "Points taken away" } else { "Extra points" };
            // No total is negative.
            submission.adjustments.push(Adjustment { points: extra.max(Points::ZERO - earned), why: kind.to_owned() });
        }
        let (rule, due) = (self.late.as_ref()?, learner.and_then(|learner| learner.due).or(self.due)?);
        let earned = submission.earned()?;
        let known = submission.submitted.as_ref().and_then(|time| time.parse::<Timestamp>().ok());
        let submitted = learner.and_then(|learner| learner.submitted).or(known);
        // What was never handed in is not late, unless the teacher knows of something.
        let is_absent = submission.intake == Intake::Missing;
        if submitted.is_none() && is_absent && submission.quests.iter().all(|quest| quest.adjustment.is_none()) {
            return None;
        }
        let Some(submitted) = submitted else {
            return Some(format!(
                "Nobody knows when `{}` was handed in, so no rule for lateness was applied: add `submitted = …` to its \
                 `[[learner]]` table",
                submission.id
            ));
        };
        let found = penalty(rule, due, submitted, earned, possible)?;
        submission.adjustments.push(Adjustment { points: Points::ZERO - found.points, why: found.why });
        None
    }

    fn scale(&self, grades: &mut Grades) {
        let possible = grades.points();
        let Some(scale) = self.scale_to.filter(|scale| *scale != possible) else { return };
        for submission in &mut grades.submissions {
            if let Some(earned) = submission.earned() {
                let points = earned.scaled(scale, possible) - earned;
                let why = format!("{possible} points are scaled to {scale}");
                submission.adjustments.push(Adjustment { points, why });
            }
        }
        grades.policy.push(format!("All totals are scaled from {possible} to {scale} points"));
        grades.scaled_to = Some(scale);
    }
}

/// Gives all tests of a quest the same part of `points` as they had before.
fn scale_tests(quest: &mut QuestInfo, points: Points) {
    let old = quest.points;
    for test in &mut quest.tests {
        test.points = test.points.scaled(points, old);
    }
    // Rounding must not change the sum.
    let rest = points - quest.tests.iter().map(|test| test.points).sum();
    if let Some(last) = quest.tests.iter_mut().rev().find(|test| test.points > Points::ZERO) {
        last.points += rest;
    }
}

/// Counts the points of a quest again, by what its tests are worth now.
fn recount(info: &QuestInfo, raw: &QuestInfo, quest: &mut QuestGrade) {
    if info == raw || quest.earned.is_none() || quest.tests.is_empty() {
        return;
    }
    let half = if info.points == raw.points { raw.points.half() } else { info.points.scaled(1.into(), 2.into()) };
    for (test, info) in quest.tests.iter_mut().zip(&info.tests) {
        test.earned = if test.verdict == "passed" { info.points } else { Points::ZERO };
    }
    let sum: Points = quest.tests.iter().map(|test| test.earned).sum();
    let is_capped = quest
        .tests
        .iter()
        .zip(&info.tests)
        .any(|(test, info)| test.name == SCENARIO && test.verdict != "passed" && info.exempt.is_none());
    quest.earned = Some(if is_capped { sum.min(half) } else { sum });
}

fn override_quests(learner: &LearnerPolicy, infos: &[QuestInfo], submission: &mut GradedSubmission) {
    for decided in &learner.quest {
        let place = infos.iter().position(|info| info.number == decided.number);
        let Some(quest) = place.and_then(|index| submission.quests.get_mut(index)) else { continue };
        let mut words = match decided.points {
            Some(points) => {
                let before = quest.earned.replace(points);
                let before = before.map_or_else(|| "no score".to_owned(), |before| before.to_string());
                format!("Your teacher set the points of this quest to {points} (the tests gave {before}).")
            }
            None => String::new(),
        };
        if let Some(comment) = &decided.comment {
            let _ = write!(words, "{}{comment}", if words.is_empty() { "" } else { " " });
        }
        if !words.is_empty() {
            quest.adjustment = Some(words);
        }
    }
}
