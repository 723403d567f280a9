//! The command line, and nothing else.

use clap::{ArgMatches, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;
use xtask::state::Mode;

/// What was typed.
#[derive(Debug)]
pub enum Command {
    Learner(LearnerCommand),
    Reference(ReferenceCommand),
    Staff(StaffCommand),
}

/// Which commands a copy of the course has: learners are given one without solutions, and without the instructors' part.
#[derive(Debug, Clone, Copy)]
pub struct Available {
    pub solutions: bool,
    pub staff: bool,
}

impl Available {
    pub const ALL: Self = Self { solutions: true, staff: true };
}

/// Parses the arguments of this process; ends it after `--help` and on wrong usage.
pub fn parse(available: Available) -> Command {
    let matches = command(available).get_matches();
    Command::from_matches(&matches).unwrap_or_else(|error| error.exit())
}

/// The parser. It has only the commands that work in this copy.
fn command(available: Available) -> clap::Command {
    let mut command = LearnerCommand::augment_subcommands(Cli::command());
    if available.solutions {
        command = ReferenceCommand::augment_subcommands(command);
    } else {
        for name in ["check", "run", "timeline"] {
            command = command.mut_subcommand(name, |command| command.mut_arg("reference", |option| option.hide(true)));
        }
    }
    if available.staff { StaffCommand::augment_subcommands(command) } else { command }
}

impl Command {
    fn from_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        match matches.subcommand_name() {
            Some(name) if StaffCommand::has_subcommand(name) => {
                StaffCommand::from_arg_matches(matches).map(Self::Staff)
            }
            Some(name) if ReferenceCommand::has_subcommand(name) => {
                ReferenceCommand::from_arg_matches(matches).map(Self::Reference)
            }
            _ => LearnerCommand::from_arg_matches(matches).map(Self::Learner),
        }
    }
}

/// Learn event loops by building them: ten quests, judged in virtual time.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    version,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "Start with:  cargo xtask check\n\n\
        QUEST is 3, 03, queue or quest-03-queue.\n\
        Exit codes: 0 everything you asked for passes; 1 something is unfinished or failing; 2 the command line is \
        wrong; 3 something is wrong with the machine or the course itself."
)]
struct Cli {}

#[derive(Debug, Subcommand)]
pub enum LearnerCommand {
    /// Judge your work and say what to do next
    #[command(
        after_help = "Example:  cargo xtask check\n          cargo xtask check 3\n          cargo xtask check queue --format json"
    )]
    Check(CheckArgs),
    /// Judge your work again whenever you save a file
    #[command(disable_help_flag = true)]
    Watch(ForwardedArgs),
    /// Show the next hint of a quest
    #[command(after_help = "Example:  cargo xtask hint 3")]
    Hint(HintArgs),
    /// Run a quest's demo in real time
    #[command(after_help = "Example:  cargo xtask run 3")]
    Run(RunArgs),
    /// Draw what happened in a test, next to what was expected
    #[command(
        after_help = "Example:  cargo xtask timeline 1\n          cargo xtask timeline 1 concurrent_async_takes_the_longest\n          cargo xtask timeline 1 --html timeline.html\n\n\
            Without TEST: the first failing test, or else the quest's first test."
    )]
    Timeline(TimelineArgs),
    /// Restore a quest's stub; your file is backed up
    #[command(after_help = "Example:  cargo xtask reset 3\n\nThe backup goes to .course/kept/.")]
    Reset(ResetArgs),
}

/// What works only where the solutions are.
#[derive(Debug, Subcommand)]
pub enum ReferenceCommand {
    /// Show or change what every command builds: your work, or the reference
    #[command(
        after_help = "Example:  cargo xtask mode\n          cargo xtask mode reference\n\nYour files are not moved or changed."
    )]
    Mode(ModeArgs),
    /// Show the reference solution of a quest you have passed, and why it works
    #[command(after_help = "Example:  cargo xtask solution 3\n          cargo xtask solution 3 --spoil")]
    Solution(SolutionArgs),
}

/// What works only where the instructors' part is.
#[derive(Debug, Subcommand)]
pub enum StaffCommand {
    /// For authors: check the stubs, the solutions and the catalogue of wrong programs
    #[command(disable_help_flag = true)]
    Verify(ForwardedArgs),
    /// For authors: run all of the course's own tests
    #[command(disable_help_flag = true)]
    Ci(ForwardedArgs),
    /// For instructors: grade a class
    #[command(disable_help_flag = true)]
    Grade(ForwardedArgs),
    /// For instructors: write the learners' copy of the course
    #[command(disable_help_flag = true)]
    Handout(ForwardedArgs),
}

/// Forwarded unchanged to the program that understands it.
#[derive(Debug, Args)]
pub struct ForwardedArgs {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENTS")]
    pub arguments: Vec<OsString>,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The quests to judge [default: all]
    #[arg(value_name = "QUEST")]
    pub quests: Vec<String>,
    /// Judge the reference instead of your work, just this once
    #[arg(long)]
    pub reference: bool,
    /// Text for people, or JSON for tools
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub format: OutputFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub struct ModeArgs {
    /// The mode to use from now on; if it is omitted, the current mode is shown
    #[arg(value_name = "MODE")]
    pub mode: Option<Mode>,
}

#[derive(Debug, Args)]
pub struct HintArgs {
    #[arg(value_name = "QUEST")]
    pub quest: String,
    /// Show all hints at once
    #[arg(long, conflicts_with = "again")]
    pub all: bool,
    /// Show only the hints that you have already seen
    #[arg(long)]
    pub again: bool,
}

#[derive(Debug, Args)]
pub struct RunArgs {
    #[arg(value_name = "QUEST")]
    pub quest: String,
    /// Run the reference instead of your work, just this once
    #[arg(long)]
    pub reference: bool,
}

#[derive(Debug, Args)]
pub struct TimelineArgs {
    #[arg(value_name = "QUEST")]
    pub quest: String,
    /// A test of the quest
    #[arg(value_name = "TEST")]
    pub test: Option<String>,
    /// Draw the reference instead of your work, just this once
    #[arg(long)]
    pub reference: bool,
    #[command(flatten)]
    pub files: TimelineFileArgs,
}

/// Other formats of the picture.
#[derive(Debug, Args)]
pub struct TimelineFileArgs {
    /// Write a web page on which you can step through the run
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
pub struct ResetArgs {
    #[arg(value_name = "QUEST")]
    pub quest: String,
    /// Do not ask for confirmation
    #[arg(long)]
    pub yes: bool,
}

#[derive(Debug, Args)]
pub struct SolutionArgs {
    #[arg(value_name = "QUEST")]
    pub quest: String,
    /// Show it even if you have not passed the quest yet
    #[arg(long)]
    pub spoil: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_copy_has_a_valid_command_line() {
        for (solutions, staff) in [(true, true), (true, false), (false, true), (false, false)] {
            command(Available { solutions, staff }).debug_assert();
        }
    }

    #[test]
    fn every_command_is_recognised_again() {
        let parse = |words: &[&str]| {
            let matches = command(Available::ALL).try_get_matches_from([&["cargo xtask"], words].concat()).unwrap();
            Command::from_matches(&matches).unwrap()
        };
        assert!(matches!(parse(&["check", "3"]), Command::Learner(LearnerCommand::Check(_))));
        assert!(matches!(parse(&["mode"]), Command::Reference(ReferenceCommand::Mode(_))));
        assert!(matches!(parse(&["grade", "--help"]), Command::Staff(StaffCommand::Grade(_))));
    }
}
