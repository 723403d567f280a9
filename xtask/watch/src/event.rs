//! The state machine's inputs and outputs.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;
use xtask::engine::verdict::Judgement;
use xtask::exit;

/// The content of a learner's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileContent {
    /// No file, or an empty one, as while an editor replaces it.
    Missing,
    /// Text with this hash.
    Hash(u64),
}

/// The content of every quest's learner file, by the quest's number.
pub type FileContents = BTreeMap<u32, FileContent>;

/// What happened. Times are relative to the start.
#[derive(Debug)]
pub enum WatchEvent {
    Key(KeyPress),
    /// The files were read.
    FilesRead {
        contents: FileContents,
        now: Duration,
    },
    /// The check has ended, and the files were read after it.
    Judged {
        verdicts: Vec<(u32, Judgement)>,
        contents: FileContents,
        now: Duration,
    },
    /// The check could not be done, through the machine's or the course's fault.
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

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Judge these quests.
    Check(Vec<u32>),
    /// Read the files again after this time.
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
    /// Restore the stub.
    Reset(u32),
    Help,
    Quit(QuitReason),
}

/// Verdicts to print, and the check that they come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerdictView {
    pub check: u32,
    pub what: View,
    /// The quest that has just passed, to be reported, too.
    pub passed: Option<u32>,
}

/// Which verdicts, and in which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The list of all quests, and the first unfinished one in full.
    Course,
    /// One quest in full.
    Quest(u32),
    /// One quest in a line.
    Line(u32),
}

/// Why `watch` ends.
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
