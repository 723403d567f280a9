//! Statistics of a class.
//!
//! A quest that could not be graded is not counted, so it lowers no mean.

use crate::model::{Grades, QuestInfo, QuestState, TestInfo};
use crate::points::Points;

/// The totals of the class.
#[derive(Debug, Clone, PartialEq)]
pub struct Totals {
    /// Sorted.
    pub known: Vec<Points>,
    /// Submissions without a score.
    pub unknown: usize,
}

impl Totals {
    pub fn of(grades: &Grades) -> Self {
        let mut known: Vec<Points> =
            grades.submissions.iter().filter_map(crate::model::GradedSubmission::earned).collect();
        known.sort_unstable();
        Self { unknown: grades.submissions.len() - known.len(), known }
    }

    pub fn mean(&self) -> Option<f64> {
        mean(&self.known)
    }

    /// The median.
    pub fn median(&self) -> Option<f64> {
        let (lower, upper) = (self.known.len().checked_sub(1)? / 2, self.known.len() / 2);
        mean(&[self.known[lower], self.known[upper]])
    }
}

/// The statistics of one quest.
#[derive(Debug, Clone)]
pub struct QuestNumbers<'a> {
    pub info: &'a QuestInfo,
    /// The number of submissions with points for this quest.
    pub known: usize,
    pub mean: Option<f64>,
    pub passed: usize,
    /// Includes quests that were not handed in.
    pub not_started: usize,
}

/// Every quest, the hardest first.
pub fn quests(grades: &Grades) -> Vec<QuestNumbers<'_>> {
    let mut quests: Vec<QuestNumbers> = grades.quests.iter().map(|info| quest(grades, info)).collect();
    let ease = |quest: &QuestNumbers| {
        quest.mean.map_or(f64::INFINITY, |mean| mean / quest.info.points.max(Points::from(1)).as_f64())
    };
    quests.sort_by(|left, right| ease(left).total_cmp(&ease(right)));
    quests
}

fn quest<'a>(grades: &Grades, info: &'a QuestInfo) -> QuestNumbers<'a> {
    let all = grades.submissions.iter().flat_map(|graded| &graded.quests).filter(|quest| quest.number == info.number);
    let known: Vec<_> = all.filter_map(|quest| Some((quest.state, quest.earned?))).collect();
    let count = |states: &[QuestState]| known.iter().filter(|(state, _)| states.contains(state)).count();
    QuestNumbers {
        info,
        known: known.len(),
        mean: mean(&known.iter().map(|(_, earned)| *earned).collect::<Vec<_>>()),
        passed: count(&[QuestState::Passed]),
        not_started: count(&[QuestState::NotStarted, QuestState::NotHandedIn]),
    }
}

/// The statistics of one test.
#[derive(Debug, Clone)]
pub struct TestNumbers<'a> {
    pub quest: &'a QuestInfo,
    pub info: &'a TestInfo,
    /// The number of submissions with code for it.
    pub tried: usize,
    pub failed: usize,
}

/// The tests that somebody with code for them failed, those that failed most often first.
pub fn tests(grades: &Grades) -> Vec<TestNumbers<'_>> {
    let all = grades.quests.iter().flat_map(|quest| quest.tests.iter().map(move |info| test(grades, quest, info)));
    let mut failed: Vec<TestNumbers> = all.filter(|test| test.failed > 0).collect();
    failed.sort_by_key(|test| std::cmp::Reverse(test.failed));
    failed
}

fn test<'a>(grades: &Grades, quest: &'a QuestInfo, info: &'a TestInfo) -> TestNumbers<'a> {
    let quests =
        grades.submissions.iter().flat_map(|graded| &graded.quests).filter(|other| other.number == quest.number);
    let tests = quests.flat_map(|quest| &quest.tests).filter(|test| test.name == info.name);
    let tried: Vec<_> = tests.filter(|test| test.verdict != "not-started").collect();
    let failed = tried.iter().filter(|test| test.verdict != "passed").count();
    TestNumbers { quest, info, tried: tried.len(), failed }
}

/// `count` of `all`, in percent.
pub fn percent(count: usize, all: usize) -> usize {
    (count * 200 + all).checked_div(all * 2).unwrap_or(0)
}

fn mean(numbers: &[Points]) -> Option<f64> {
    let count = u32::try_from(numbers.len()).expect("a class is no larger");
    (count > 0).then(|| numbers.iter().map(|number| number.as_f64()).sum::<f64>() / f64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_class_lies_between_two() {
        let median =
            |known: &[u32]| Totals { known: known.iter().map(|&whole| whole.into()).collect(), unknown: 0 }.median();
        assert_eq!(median(&[1, 2, 9]), Some(2.0));
        assert_eq!(median(&[1, 2, 5, 9]), Some(3.5));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn percents_are_rounded() {
        assert_eq!([percent(1, 3), percent(2, 3), percent(1, 8), percent(0, 0)], [33, 67, 13, 0]);
    }
}
