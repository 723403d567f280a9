//! The command line, and nothing else.

use clap::Parser;

/// Judge your work again whenever you save a file
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask watch",
    bin_name = "cargo xtask watch",
    after_help = "Example:  cargo xtask watch\n          cargo xtask watch 3\n\nPress ? to see its keys."
)]
pub struct Cli {
    /// The quest to show [default: the first unfinished one]
    #[arg(value_name = "QUEST")]
    pub quest: Option<String>,
    /// Read the files several times a second, instead of waiting for the system to report changes
    #[arg(long)]
    pub poll: bool,
}
