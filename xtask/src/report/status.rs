//! How far a quest is, as a mark and in words.

use crate::engine::verdict::{Judgement, QuestStatus};
use crate::terminal::style::{CYAN, DIM, GREEN, RED, Terminal, paint};

/// One character for how far a quest is. The words next to it say the same.
pub fn mark(terminal: Terminal, status: QuestStatus) -> String {
    let (style, unicode, ascii) = match status {
        QuestStatus::Green => (GREEN, "✓", "+"),
        QuestStatus::NotStarted => (DIM, "○", "o"),
        QuestStatus::Underway => (CYAN, "◐", ">"),
        QuestStatus::Red | QuestStatus::DoesNotCompile | QuestStatus::Rejected => (RED, "✗", "x"),
    };
    paint(style, if terminal.unicode { unicode } else { ascii })
}

/// How far a quest is, in words.
pub fn words(judgement: &Judgement) -> String {
    let red = judgement.tests().iter().filter(|test| !test.verdict.passed()).count();
    let all = judgement.tests().len();
    match judgement.status() {
        QuestStatus::Green => "passed".into(),
        QuestStatus::NotStarted => "not started".into(),
        QuestStatus::Underway => format!("{red} of {all} tests to go"),
        QuestStatus::Red => format!("{red} of {all} tests red"),
        QuestStatus::DoesNotCompile => "does not compile".into(),
        QuestStatus::Rejected => "rejected".into(),
    }
}
