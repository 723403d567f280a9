//! What can become of a test, and of a whole program.

use super::build::Diagnostic;
use super::refused::Refused;
use crate::course::{SCENARIO, Test};
use observe::Panic;
use timeline::Note;

/// What became of one test.
#[derive(Debug, Clone)]
pub enum Verdict {
    Passed,
    /// It reached a `todo!()` of the learner's.
    NotStarted {
        panics: Vec<Panic>,
    },
    /// It observed something else.
    Wrong {
        expected: String,
        seen: String,
    },
    Panicked {
        panics: Vec<Panic>,
        so_far: String,
    },
    /// In virtual time all threads or tasks waited for each other.
    Deadlocked {
        report: String,
        so_far: String,
    },
    /// It used up its CPU time, or took too long on the clock.
    OutOfTime,
    /// All its threads slept outside virtual time.
    BlockedOutside,
    TooMuchOutput,
    TooMuchWritten,
    TooManyThreads,
    OutOfMemory,
    StackOverflow,
    /// The machine ended it, or gave it no time: nothing is known about the code.
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

    /// A word for tools and for short lists.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::NotStarted { .. } => "not-started",
            Self::Wrong { .. } => "wrong",
            Self::Panicked { .. } => "panicked",
            Self::Deadlocked { .. } => "deadlocked",
            Self::OutOfTime => "out-of-time",
            Self::BlockedOutside => "blocked-outside-virtual-time",
            Self::TooMuchOutput => "too-much-output",
            Self::TooMuchWritten => "too-much-written",
            Self::TooManyThreads => "too-many-threads",
            Self::OutOfMemory => "out-of-memory",
            Self::StackOverflow => "stack-overflow",
            Self::Disturbed { .. } => "disturbed",
            Self::Ended { .. } => "ended-early",
            Self::Missing => "missing",
            Self::NotBuilt { .. } => "not-built",
        }
    }
}

/// One test with its verdict and what the learner's code printed.
#[derive(Debug, Clone)]
pub struct Judged {
    pub name: String,
    pub points: u32,
    pub verdict: Verdict,
    pub output: String,
    /// What the clock noted beside what was recorded, a list for each simulation.
    pub notes: Vec<Vec<Note>>,
}

impl Judged {
    /// A test whose package has no program.
    pub fn not_built(test: &Test, errors: Vec<Diagnostic>) -> Self {
        Self {
            name: test.name.clone(),
            points: test.points,
            verdict: Verdict::NotBuilt { errors },
            output: String::new(),
            notes: Vec::new(),
        }
    }
}

/// What became of a program.
#[derive(Debug, Clone)]
pub enum Judgement {
    /// There is nothing to compile: why not.
    Unreadable(String),
    /// The file holds what the course does not compile.
    Refused(Refused),
    DoesNotCompile(Vec<Diagnostic>),
    /// Every test of the quest, in its order.
    Observed(Vec<Judged>),
}

/// How far a quest is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Green,
    NotStarted,
    /// All that is red has not been started.
    Underway,
    /// Something was tried that does not work yet.
    Red,
    DoesNotCompile,
    Unreadable,
    Refused,
}

impl Judgement {
    pub fn progress(&self) -> Progress {
        let tests = match self {
            Self::Unreadable(_) => return Progress::Unreadable,
            Self::Refused(_) => return Progress::Refused,
            Self::DoesNotCompile(_) => return Progress::DoesNotCompile,
            Self::Observed(tests) => tests,
        };
        let passed = tests.iter().filter(|test| test.verdict.passed()).count();
        let first_red = tests.iter().find(|test| !test.verdict.passed());
        match first_red.map(|test| &test.verdict) {
            None => Progress::Green,
            Some(Verdict::NotStarted { .. }) if passed == 0 => Progress::NotStarted,
            Some(Verdict::NotStarted { .. }) => Progress::Underway,
            Some(_) => Progress::Red,
        }
    }

    pub fn is_green(&self) -> bool {
        self.progress() == Progress::Green
    }

    /// The points earned: those of the tests that passed, but at most half of all when the scenario failed.
    pub fn points(&self) -> u32 {
        let tests = self.tests();
        let all: u32 = tests.iter().map(|test| test.points).sum();
        let scenario_failed = tests.iter().any(|test| test.name == SCENARIO && !test.verdict.passed());
        if scenario_failed { u32::min(self.passed_points(), all / 2) } else { self.passed_points() }
    }

    /// What the passing tests are worth, if the failed scenario takes some of it away.
    pub fn points_without_cap(&self) -> Option<u32> {
        Some(self.passed_points()).filter(|points| *points > self.points())
    }

    fn passed_points(&self) -> u32 {
        self.tests().iter().filter(|test| test.verdict.passed()).map(|test| test.points).sum()
    }

    /// The tests with their verdicts; none if nothing was observed.
    pub fn tests(&self) -> &[Judged] {
        match self {
            Self::Observed(tests) => tests,
            Self::Unreadable(_) | Self::Refused(_) | Self::DoesNotCompile(_) => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(name: &str, points: u32, verdict: Verdict) -> Judged {
        Judged { name: name.into(), points, verdict, output: String::new(), notes: Vec::new() }
    }

    #[test]
    fn who_fails_the_scenario_gets_half_at_most() {
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
}
