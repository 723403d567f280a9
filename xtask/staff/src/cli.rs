//! What can be typed.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// What instructors and authors of the course need.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Grade a class
    Grade(Box<Grade>),
    /// Check stubs, solutions and the catalogue of wrong programs
    #[command(
        after_help = "Example:  cargo xtask verify\n          cargo xtask verify 3 --runs 20\n          cargo xtask verify 3 --new stack-not-queue"
    )]
    Verify(Verify),
    /// Run the course's own tests, all of them
    #[command(after_help = "Example:  cargo xtask ci\n\nThe last line printed is `N passed, M failed`.")]
    Ci,
    /// Write the learners' copy of the course
    #[command(
        after_help = "Example:  cargo xtask handout ../event-loop-course\n\nThe copy holds no solution, no wrong program and no grader. Every quest is at its starting point."
    )]
    Handout(Handout),
}

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Example:  cargo xtask grade submissions/\n          \
        cargo xtask grade submissions/ --roster roster.csv --canvas 'Event loops (1234)'\n          \
        cargo xtask grade                      (this workspace)\n\n\
        A submission is a folder, a .zip, a .tar.gz or a git checkout. Only its ten learner.rs count.\n\
        Results are kept: a run that was stopped goes on, and what was graded before costs nothing.\n\n\
        Exit codes: 0 every submission has a score; 1 some could not be read; 2 wrong usage; \
        3 the machine or the course itself failed, and some submissions have no score."
)]
pub struct Grade {
    #[command(subcommand)]
    pub merge: Option<Merge>,
    #[command(flatten)]
    pub class: Class,
}

#[derive(Debug, Subcommand)]
pub enum Merge {
    /// Put the shards of one class together
    #[command(after_help = "Example:  cargo xtask grade merge shard-1 shard-2 shard-3 --out grades")]
    Merge {
        /// The `grades.json` of each shard, or the folder that holds it
        #[arg(value_name = "GRADES", required = true)]
        parts: Vec<PathBuf>,
        /// The submissions of the whole class, to find files that are alike: `grades.json` does not hold them
        #[arg(long, value_name = "PATH", num_args = 1..)]
        submissions: Vec<PathBuf>,
        #[command(flatten)]
        reports: Reports,
    },
}

#[derive(Debug, Args)]
pub struct Class {
    /// Submissions, or folders of submissions; without any, this workspace
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// A CSV file with a column `submission`, and what else is known: name, email, section, `canvas_id`, `sis_user_id`, `sis_login_id`, `moodle_id`
    #[arg(long, value_name = "FILE")]
    pub roster: Option<PathBuf>,
    /// What the hidden scenarios are drawn from; without it, the secret in the variable `GRADE_SEED`, else the seed of the last run into
    /// the same folder, else a random one
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Submissions at once; without it, as many as the machine has processors
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=256))]
    pub jobs: Option<u32>,
    /// Grade one part of the class: 2/8 (counted from 1), github:0/8, gitlab, slurm, kubernetes:8, parallel:8
    #[arg(long, value_name = "PART")]
    pub shard: Option<String>,
    /// Where results are kept, so that nothing is graded twice; without it, in the course's target folder
    #[arg(long, value_name = "DIR")]
    pub store: Option<PathBuf>,
    /// Refuse to grade where the system does not confine submitted code
    #[arg(long)]
    pub require_sandbox: bool,
    /// Do not confine submitted code
    #[arg(long, conflicts_with = "require_sandbox")]
    pub no_sandbox: bool,
    #[command(flatten)]
    pub reports: Reports,
}

#[derive(Debug, Args)]
pub struct Reports {
    /// Where the reports go
    #[arg(long, value_name = "DIR", default_value = "grades")]
    pub out: PathBuf,
    /// The heading of the reports
    #[arg(long, value_name = "TEXT", default_value = "Event loops in Rust")]
    pub title: String,
    /// Write canvas.csv: the assignment as Canvas names it in its export, such as "Event loops (1234)"
    #[arg(long, value_name = "ASSIGNMENT")]
    pub canvas: Option<String>,
    /// Write moodle.csv: the grading worksheet that Moodle gave you, filled in
    #[arg(long, value_name = "FILE")]
    pub moodle: Option<PathBuf>,
    /// The worksheet's column for the grade, where it is not clear
    #[arg(long, value_name = "COLUMN", requires = "moodle")]
    pub moodle_grade_column: Option<String>,
    /// For one submission: Gradescope's results.json, written here
    #[arg(long, value_name = "FILE")]
    pub gradescope: Option<PathBuf>,
    /// For one submission: GitHub Classroom's result, written here
    #[arg(long, value_name = "FILE")]
    pub classroom: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Handout {
    /// A folder that is not there yet
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

#[derive(Debug, Args)]
pub struct Verify {
    /// The quests to verify; all of them if none is named
    #[arg(value_name = "QUEST")]
    pub quests: Vec<String>,
    /// Observe everything this many times, and demand the same verdicts each time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub runs: u32,
    /// Draw the pictures in the lessons anew, and write what they are drawn from
    #[arg(long)]
    pub bless: bool,
    /// Carry the wrong programs over to correct programs that have changed
    #[arg(long, conflicts_with_all = ["runs", "bless", "new"])]
    pub rebase: bool,
    /// Write a new wrong program of this name from the quest's learner.rs, into which you have put its mistake
    #[arg(long, value_name = "NAME", conflicts_with_all = ["runs", "bless"])]
    pub new: Option<String>,
}
