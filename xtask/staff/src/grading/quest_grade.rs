//! A judgement as reports present it.

use crate::fingerprint;
use crate::model::{QuestGrade, QuestState, TestGrade};
use crate::points::Points;
use crate::stage::submission::{PROGRAM, test_path};
use crate::text::truncate::without_omissions;
use xtask::course::{Quest, Test};
use xtask::engine::precheck::Rejection;
use xtask::engine::verdict::{Judgement, QuestStatus, Verdict};
use xtask::report::reason::{self, Reason, SourceFile};
use xtask::terminal::style::plain;

/// The grade of a quest that could not be graded, and why.
pub fn unknown(quest: &Quest, why: &str) -> QuestGrade {
    QuestGrade {
        number: quest.number,
        state: QuestState::InfraError,
        detail: why.to_owned(),
        earned: None,
        adjustment: None,
        tests: Vec::new(),
        file: None,
    }
}

/// Converts a judgement.
pub fn in_words(quest: &Quest, judgement: &Judgement, file: &[u8], drawn_from: u64) -> QuestGrade {
    let disturbed = judgement.tests().iter().find_map(|judged| match &judged.verdict {
        Verdict::Disturbed { how } => Some(format!("The test {} gave no result: {how}.", judged.name)),
        Verdict::Missing => Some(format!("The test {} is missing from the test program.", judged.name)),
        _ => None,
    });
    if let Some(why) = disturbed {
        return unknown(quest, &why);
    }
    let source = str::from_utf8(file).unwrap_or_default();
    let shown = shown(quest);
    let tests = quest.tests().zip(judgement.tests()).map(|((_, test), judged)| {
        let source = Some(SourceFile { file: &shown, text: source });
        let whole_lines = match &judged.verdict {
            Verdict::Wrong { expected, seen } => {
                Verdict::Wrong { expected: without_omissions(expected), seen: without_omissions(seen) }
            }
            verdict => verdict.clone(),
        };
        let reason = Reason { quest, test, verdict: &whole_lines, traces: &judged.traces, source };
        let (expected, seen) = match &judged.verdict {
            Verdict::Wrong { expected, seen } => (Some(expected.clone()), Some(seen.clone())),
            _ => (None, None),
        };
        TestGrade {
            name: judged.name.clone(),
            earned: if judged.verdict.passed() { judged.points.into() } else { Points::ZERO },
            verdict: judged.verdict.name().to_owned(),
            why: as_in_the_course(&plain(&reason.render(None)), quest, test, drawn_from).trim_end().to_owned(),
            expected,
            seen,
            output: as_in_the_course(&plain(&reason::last_lines(&judged.output)), quest, test, drawn_from),
        }
    });
    let detail = match judgement {
        Judgement::DoesNotCompile(errors) => without_stage(&plain(&reason::compiler(errors))),
        Judgement::Rejected(Rejection::Unreadable(why)) => why.clone(),
        Judgement::Rejected(Rejection::Forbidden(forbidden)) => format!("{shown}, {forbidden}"),
        Judgement::Observed(_) => String::new(),
    };
    QuestGrade {
        number: quest.number,
        state: match judgement.status() {
            QuestStatus::Green => QuestState::Passed,
            QuestStatus::NotStarted => QuestState::NotStarted,
            QuestStatus::Underway => QuestState::Underway,
            QuestStatus::Red => QuestState::Red,
            QuestStatus::DoesNotCompile => QuestState::DoesNotCompile,
            QuestStatus::Rejected => QuestState::Rejected,
        },
        detail: detail.trim_end().to_owned(),
        earned: Some(judgement.points().into()),
        adjustment: None,
        tests: tests.collect(),
        file: Some(fingerprint::of(file)),
    }
}

/// The path of the learner's file in messages, the same on the stage as in the learner's copy.
pub fn shown(quest: &Quest) -> String {
    format!("{}/src/learner.rs", quest.package)
}

/// Gives the test in a message the name and path that it has in the learner's copy.
fn as_in_the_course(words: &str, quest: &Quest, test: &Test, drawn_from: u64) -> String {
    without_stage(&words.replace(&test_path(quest, drawn_from, test), &test.name))
}

/// On the stage, the tests have another path than in the learner's copy.
fn without_stage(text: &str) -> String {
    text.replace(&format!("{PROGRAM}/../"), "")
}
