//! What the machine is told, and what it wants done.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;
use xtask::engine::verdict::Judgement;
use xtask::exit;

/// What a learner's file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileContent {
    /// No file, or an empty one: as in the moment in which an editor replaces it.
    Missing,
    /// Text with this hash.
    Hash(u64),
}

/// What the learner's file of every quest holds, by the quest's number.
pub type FileContents = BTreeMap<u32, FileContent>;

/// What happened. Times are counted from the start.
#[derive(Debug)]
pub enum WatchEvent {
    Key(KeyPress),
    /// The files were looked at.
    FilesRead {
        contents: FileContents,
        now: Duration,
    },
    /// The check has ended, and the files were looked at after it.
    Judged {
        verdicts: Vec<(u32, Judgement)>,
        contents: FileContents,
        now: Duration,
    },
    /// The check could not be made: the machine's or the course's fault.
    Failed,
    /// The demo has ended.
    DemoEnded,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPress {
    Char(char),
    Up,
    Down,
    Enter,
    Escape,
    CtrlC,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Judge these quests.
    Check(Vec<u32>),
    /// Look at the files again after this time.
    ReadFilesAfter(Duration),
    /// Print verdicts.
    Show(VerdictView),
    /// Print a line.
    PrintLine(String),
    SeenHints(u32),
    NextHint(u32),
    Timeline(u32),
    Demo(u32),
    EndDemo,
    /// Put the starting point back.
    Reset(u32),
    Help,
    Quit(QuitReason),
}

/// Which verdicts, and from which check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerdictView {
    pub check: u32,
    pub what: View,
    /// The quest that has just passed, to be told with it.
    pub passed: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The list of all quests, and the first unfinished one in full.
    Course,
    /// One quest in full.
    Quest(u32),
    /// One quest in a line.
    Line(u32),
}

/// How it came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuitReason {
    QuitKey,
    CtrlC,
}

impl QuitReason {
    pub fn code(self) -> ExitCode {
        match self {
            Self::QuitKey => ExitCode::SUCCESS,
            Self::CtrlC => ExitCode::from(u8::try_from(exit::INTERRUPTED).expect("exit codes fit into a byte")),
        }
    }
}
