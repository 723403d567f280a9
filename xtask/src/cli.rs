//! What can be typed, and nothing else.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Learn event loops by building them: ten quests, judged in virtual time.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    version,
    after_help = "Start with:  cargo xtask check\n\n\
        QUEST is 3, 03, queue or quest-03-queue.\n\
        Exit codes: 0 all asked for passes; 1 something is unfinished or failing; 2 wrong usage; \
        3 the machine or the course itself is broken."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge your work and say what to do next
    #[command(
        after_help = "Example:  cargo xtask check\n          cargo xtask check 3\n          cargo xtask check queue --format json"
    )]
    Check(Check),
    /// Judge your work again whenever you save a file
    #[command(disable_help_flag = true)]
    Watch(Passed),
    /// Show or swap what every command builds: your work, or the reference
    #[command(
        after_help = "Example:  cargo xtask mode\n          cargo xtask mode reference\n\nNo file of yours is moved or changed."
    )]
    Mode(Mode),
    /// Show the next hint of a quest
    #[command(after_help = "Example:  cargo xtask hint 3")]
    Hint(Hint),
    /// Run a quest's demo in real time
    #[command(after_help = "Example:  cargo xtask run 3")]
    Run(Run),
    /// Draw what happened in a test, next to what should have happened
    #[command(
        after_help = "Example:  cargo xtask timeline 1\n          cargo xtask timeline 1 concurrent_async_takes_the_longest\n          cargo xtask timeline 1 --html timeline.html\n\n\
            Without TEST: the first test that does not pass, else the quest's first."
    )]
    Timeline(Timeline),
    /// Restore a quest's stub; your file is kept
    #[command(after_help = "Example:  cargo xtask reset 3\n\nYour file is kept in .course/kept/.")]
    Reset(Reset),
    /// Show the reference solution of a quest that you passed, and why it works
    #[command(after_help = "Example:  cargo xtask solution 3\n          cargo xtask solution 3 --spoil")]
    Solution(Solution),
    /// For authors: check stubs, solutions and the catalogue of wrong programs
    #[command(disable_help_flag = true)]
    Verify(Passed),
    /// For authors: run the course's own tests, all of them
    #[command(disable_help_flag = true)]
    Ci(Passed),
    /// For instructors: grade a class
    #[command(disable_help_flag = true)]
    Grade(Passed),
    /// For instructors: write the learners' copy of the course
    #[command(disable_help_flag = true)]
    Handout(Passed),
}

/// Passed on as it is to the program that understands it.
#[derive(Debug, Args)]
pub struct Passed {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENTS")]
    pub arguments: Vec<OsString>,
}

#[derive(Debug, Args)]
pub struct Check {
    /// The quests to judge; all of them if none is named
    #[arg(value_name = "QUEST")]
    pub quests: Vec<String>,
    /// Judge the reference instead of your work, this once
    #[arg(long)]
    pub reference: bool,
    /// Text for people, or JSON for tools
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub struct Mode {
    /// The mode from now on; without it, the present one is shown
    #[arg(value_name = "MODE")]
    pub mode: Option<xtask::state::Mode>,
}

#[derive(Debug, Args)]
pub struct Hint {
    #[arg(value_name = "QUEST")]
    pub quest: String,
    /// Show all hints at once
    #[arg(long, conflicts_with = "again")]
    pub all: bool,
    /// Show again the hints that were shown so far, and no new one
    #[arg(long)]
    pub again: bool,
}

#[derive(Debug, Args)]
pub struct Run {
    #[arg(value_name = "QUEST")]
    pub quest: String,
    /// Run the reference instead of your work, this once
    #[arg(long)]
    pub reference: bool,
}

#[derive(Debug, Args)]
pub struct Timeline {
    #[arg(value_name = "QUEST")]
    pub quest: String,
    /// A test of the quest
    #[arg(value_name = "TEST")]
    pub test: Option<String>,
    /// Draw the reference instead of your work, this once
    #[arg(long)]
    pub reference: bool,
    #[command(flatten)]
    pub files: TimelineFiles,
}

/// Other forms of the picture.
#[derive(Debug, Args)]
pub struct TimelineFiles {
    /// Write a page to step through, for a browser
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Write the picture as SVG
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
    /// Write a Gantt chart for Mermaid
    #[arg(long, value_name = "FILE")]
    pub mermaid: Option<PathBuf>,
    /// Write trace events for Perfetto and Chrome
    #[arg(long, value_name = "FILE")]
    pub perfetto: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Reset {
    #[arg(value_name = "QUEST")]
    pub quest: String,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

#[derive(Debug, Args)]
pub struct Solution {
    #[arg(value_name = "QUEST")]
    pub quest: String,
    /// Show it even though the quest is not passed yet
    #[arg(long)]
    pub spoil: bool,
}
