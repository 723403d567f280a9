//! The possible results of a test, and of a whole program.

use super::cargo_build::Diagnostic;
use super::precheck::Rejection;
use crate::course::{SCENARIO, Test};
use observe::Panic;
use serde::Serialize;
use timeline::TraceEvent;

/// The verdict on one test.
#[derive(Debug, Clone)]
pub enum Verdict {
    Passed,
    /// It reached a `todo!()` in the learner's file.
    NotStarted {
        panics: Vec<Panic>,
    },
    /// It observed something else than expected.
    Wrong {
        expected: String,
        seen: String,
    },
    Panicked {
        panics: Vec<Panic>,
        so_far: String,
    },
    /// In virtual time, all threads or tasks waited for each other.
    Deadlocked {
        report: String,
        so_far: String,
    },
    /// It used up its CPU time, or took too long on the wall clock.
    OutOfTime,
    /// All its threads slept outside virtual time.
    BlockedOutside,
    TooMuchOutput,
    TooMuchWritten,
    TooManyThreads,
    OutOfMemory,
    StackOverflow,
    /// The machine killed it, or gave it no CPU time: there is no verdict on the code.
    Disturbed {
        how: String,
    },
    /// It ended before anything was observed.
    Ended {
        how: String,
    },
    /// The test program has no such test.
    Missing,
    /// The quest compiles, and the package of this test does not.
    NotBuilt {
        errors: Vec<Diagnostic>,
    },
}

impl Verdict {
    pub fn passed(&self) -> bool {
        matches!(self, Self::Passed)
    }

    /// One word, for tools and short lists.
    pub fn name(&self) -> &'static str {
        self.kind().name()
    }

    pub fn kind(&self) -> VerdictKind {
        match self {
            Self::Passed => VerdictKind::Passed,
            Self::NotStarted { .. } => VerdictKind::NotStarted,
            Self::Wrong { .. } => VerdictKind::Wrong,
            Self::Panicked { .. } => VerdictKind::Panicked,
            Self::Deadlocked { .. } => VerdictKind::Deadlocked,
            Self::OutOfTime => VerdictKind::OutOfTime,
            Self::BlockedOutside => VerdictKind::BlockedOutsideVirtualTime,
            Self::TooMuchOutput => VerdictKind::TooMuchOutput,
            Self::TooMuchWritten => VerdictKind::TooMuchWritten,
            Self::TooManyThreads => VerdictKind::TooManyThreads,
            Self::OutOfMemory => VerdictKind::OutOfMemory,
            Self::StackOverflow => VerdictKind::StackOverflow,
            Self::Disturbed { .. } => VerdictKind::Disturbed,
            Self::Ended { .. } => VerdictKind::EndedEarly,
            Self::Missing => VerdictKind::Missing,
            Self::NotBuilt { .. } => VerdictKind::NotBuilt,
        }
    }
}

/// A [`Verdict`] without its details.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum VerdictKind {
    Passed,
    NotStarted,
    Wrong,
    Panicked,
    Deadlocked,
    OutOfTime,
    BlockedOutsideVirtualTime,
    TooMuchOutput,
    TooMuchWritten,
    TooManyThreads,
    OutOfMemory,
    StackOverflow,
    Disturbed,
    EndedEarly,
    Missing,
    NotBuilt,
}

impl VerdictKind {
    /// As in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::NotStarted => "not-started",
            Self::Wrong => "wrong",
            Self::Panicked => "panicked",
            Self::Deadlocked => "deadlocked",
            Self::OutOfTime => "out-of-time",
            Self::BlockedOutsideVirtualTime => "blocked-outside-virtual-time",
            Self::TooMuchOutput => "too-much-output",
            Self::TooMuchWritten => "too-much-written",
            Self::TooManyThreads => "too-many-threads",
            Self::OutOfMemory => "out-of-memory",
            Self::StackOverflow => "stack-overflow",
            Self::Disturbed => "disturbed",
            Self::EndedEarly => "ended-early",
            Self::Missing => "missing",
            Self::NotBuilt => "not-built",
        }
    }
}

/// A test with its verdict and what the learner's code printed.
#[derive(Debug, Clone)]
pub struct TestResult {
    pub name: String,
    pub points: u32,
    pub verdict: Verdict,
    pub output: String,
    /// What the clock noted in addition to what was recorded, one list for each simulation.
    pub traces: Vec<Vec<TraceEvent>>,
}

impl TestResult {
    /// A test whose package has no program.
    pub fn not_built(test: &Test, errors: Vec<Diagnostic>) -> Self {
        Self {
            name: test.name.clone(),
            points: test.points,
            verdict: Verdict::NotBuilt { errors },
            output: String::new(),
            traces: Vec::new(),
        }
    }
}

/// The result of a quest's program.
#[derive(Debug, Clone)]
pub enum Judgement {
    /// The file is not compiled.
    Rejected(Rejection),
    DoesNotCompile(Vec<Diagnostic>),
    /// Every test of the quest, in its order.
    Observed(Vec<TestResult>),
}

/// How far a quest is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum QuestStatus {
    #[serde(rename = "passed")]
    Green,
    NotStarted,
    /// Every test that does not pass has not been started.
    Underway,
    /// Something does not work yet.
    Red,
    DoesNotCompile,
    Rejected,
}

impl Judgement {
    pub fn status(&self) -> QuestStatus {
        let tests = match self {
            Self::Rejected(_) => return QuestStatus::Rejected,
            Self::DoesNotCompile(_) => return QuestStatus::DoesNotCompile,
            Self::Observed(tests) => tests,
        };
        let passed = tests.iter().filter(|test| test.verdict.passed()).count();
        let first_red = tests.iter().find(|test| !test.verdict.passed());
        match first_red.map(|test| &test.verdict) {
            None => QuestStatus::Green,
            Some(Verdict::NotStarted { .. }) if passed == 0 => QuestStatus::NotStarted,
            Some(Verdict::NotStarted { .. }) => QuestStatus::Underway,
            Some(_) => QuestStatus::Red,
        }
    }

    pub fn is_green(&self) -> bool {
        self.status() == QuestStatus::Green
    }

    /// The points earned: those of the tests that passed, but at most half of all points if the scenario failed.
    pub fn points(&self) -> u32 {
        let tests = self.tests();
        let all: u32 = tests.iter().map(|test| test.points).sum();
        let scenario_failed = tests.iter().any(|test| test.name == SCENARIO && !test.verdict.passed());
        if scenario_failed { u32::min(self.passed_points(), all / 2) } else { self.passed_points() }
    }

    /// The points of the passing tests, if a failed scenario takes some of them away.
    pub fn points_without_cap(&self) -> Option<u32> {
        Some(self.passed_points()).filter(|points| *points > self.points())
    }

    fn passed_points(&self) -> u32 {
        self.tests().iter().filter(|test| test.verdict.passed()).map(|test| test.points).sum()
    }

    /// The tests with their verdicts; none if nothing was observed.
    pub fn tests(&self) -> &[TestResult] {
        match self {
            Self::Observed(tests) => tests,
            Self::Rejected(_) | Self::DoesNotCompile(_) => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(name: &str, points: u32, verdict: Verdict) -> TestResult {
        TestResult { name: name.into(), points, verdict, output: String::new(), traces: Vec::new() }
    }

    #[test]
    fn a_failed_scenario_limits_the_points_to_half() {
        let points = |first: Verdict, scenario: Verdict| {
            let tests = vec![judged("a", 7, first), judged("b", 3, Verdict::Passed), judged(SCENARIO, 0, scenario)];
            let judgement = Judgement::Observed(tests);
            (judgement.points(), judgement.points_without_cap())
        };
        assert_eq!(points(Verdict::Passed, Verdict::Passed), (10, None));
        assert_eq!(points(Verdict::Passed, Verdict::OutOfTime), (5, Some(10)));
        assert_eq!(points(Verdict::OutOfTime, Verdict::OutOfTime), (3, None));
        assert_eq!(points(Verdict::OutOfTime, Verdict::Passed), (3, None));
    }

    #[test]
    fn a_verdict_has_the_same_name_in_json() {
        let verdicts =
            [Verdict::Passed, Verdict::BlockedOutside, Verdict::OutOfTime, Verdict::Ended { how: String::new() }];
        for verdict in verdicts {
            assert_eq!(serde_json::to_value(verdict.kind()).unwrap(), verdict.name());
        }
    }
}
