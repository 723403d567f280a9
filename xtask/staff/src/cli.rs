//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Commands for instructors and authors of the course
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Grade a class
    Grade(Box<GradeArgs>),
    /// Verify stubs, solutions and the catalogue of wrong programs
    #[command(
        after_help = "Example:  cargo xtask verify\n          cargo xtask verify 3 --runs 20\n          cargo xtask verify 3 --new stack-not-queue"
    )]
    Verify(VerifyArgs),
    /// Run all tests of the course itself
    #[command(after_help = "Example:  cargo xtask ci\n\nThe last line printed is `N passed, M failed`.")]
    Ci,
    /// Write the learners' copy of the course
    #[command(
        after_help = "Example:  cargo xtask handout ../event-loop-course\n\nThe copy contains no solutions, no wrong programs and no grader. Every learner.rs is the stub."
    )]
    Handout(HandoutArgs),
}

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Example:  cargo xtask grade submissions/\n          \
        cargo xtask grade submissions.zip --canvas Grades-CS1.csv\n          \
        cargo xtask grade                      (this workspace)\n\n\
        What Moodle, Canvas, Gradescope or GitHub Classroom delivers is graded as it is.\n\
        Otherwise, a submission is a folder, a git checkout, a .zip, a .tar or a .tar.gz with a file for each quest.\n\
        Results are kept: a run that was stopped continues, and nothing is graded twice.\n\n\
        Exit codes: 0 every submission has a score; 1 some could not be read or understood, or \
        `--missing zero` gave no zeros; 2 the command line is wrong; 3 the machine or the course itself failed, and \
        some submissions have no score."
)]
pub struct GradeArgs {
    #[command(subcommand)]
    pub command: Option<GradeCommand>,
    #[command(flatten)]
    pub class: ClassArgs,
}

#[derive(Debug, Subcommand)]
pub enum GradeCommand {
    /// Merge the shards of one class
    #[command(after_help = "Example:  cargo xtask grade merge out --out grades")]
    Merge(Box<MergeArgs>),
    /// Show how far the shards of a class are, on whatever machines they run
    #[command(
        after_help = "Example:  cargo xtask grade status out\n\nIt only reads what the shards write into their folders. Exit code 0: all are done."
    )]
    Status {
        /// The folder of each shard, or a folder that holds them all
        #[arg(value_name = "DIR", required = true)]
        folders: Vec<PathBuf>,
    },
    /// Write what Gradescope or GitHub Classroom needs to grade
    Package {
        #[command(subcommand)]
        platform: PackageCommand,
    },
}

#[derive(Debug, Subcommand)]
pub enum PackageCommand {
    /// Write the autograder's archive for Gradescope
    #[command(after_help = "Example:  cargo xtask grade package gradescope ../autograder.zip\n\n\
        The archive contains the course's solutions and the seed of the hidden scenarios, so only instructors may see it. \
        The seed is also written to ../autograder.seed: keep that file, and the next archive of this name gets the same seed.")]
    Gradescope {
        /// The archive to write; one from an earlier run is replaced
        #[arg(value_name = "FILE.zip")]
        archive: PathBuf,
        /// The seed of the hidden scenarios [default: the secret in the variable `GRADE_SEED`, else the seed kept next to the archive,
        /// else a random one]
        #[arg(long, value_name = "N")]
        seed: Option<u64>,
        /// Your decisions about grades, as `grading.toml` has them: the autograder follows them for every submission
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
        /// The time limit in the assignment's settings, in minutes: grading stops before it is reached
        #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..=40))]
        minutes: u32,
    },
    /// Write the two repositories for GitHub Classroom: the learners' template and the private grader
    #[command(after_help = "Example:  cargo xtask grade package classroom ../classroom\n\n\
        ../classroom/assignment is the template repository: the learners' copy of the course, with a workflow that checks it.\n\
        ../classroom/grader is a private repository: the whole course, with a workflow that grades the class.")]
    Classroom {
        /// A new folder
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

#[derive(Debug, Args)]
pub struct MergeArgs {
    /// The folder of each shard, its `grades.json`, or a folder that holds them all
    #[arg(value_name = "GRADES", required = true)]
    pub parts: Vec<PathBuf>,
    /// The submissions of the whole class: to find similar files, and the `grading.toml` beside them
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub submissions: Vec<PathBuf>,
    #[command(flatten)]
    pub reports: ReportArgs,
}

#[derive(Debug, Args)]
pub struct ClassArgs {
    /// Submissions, or folders of submissions [default: this workspace]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// What Canvas, Moodle or GitHub Classroom exports, or a CSV file with a column `submission`, and optionally `name`, `email`, `section`,
    /// `canvas_id`, `sis_user_id`, `sis_login_id` and `moodle_id`. The files of --canvas and --moodle are rosters already
    #[arg(long, value_name = "FILE")]
    pub roster: Option<PathBuf>,
    /// The seed of the hidden scenarios [default: the secret in the variable `GRADE_SEED`, else the seed of the last run with the same
    /// `--out`, else a random one]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// How many submissions to grade in parallel [default: the number of CPUs]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=256))]
    pub jobs: Option<u32>,
    /// Grade one shard of the class: 2/8 (starting at 1), github:0/8, gitlab, slurm:8, kubernetes:8 or parallel:8
    #[arg(long, value_name = "PART")]
    pub shard: Option<String>,
    /// Where to keep results, so that nothing is graded twice [default: in the work directory, see --work]
    #[arg(long, value_name = "DIR")]
    pub store: Option<PathBuf>,
    /// Where to build and run submissions: a disk of this machine. Shards on one machine each take a folder next to it [default: in
    /// the course's target folder]
    #[arg(long, value_name = "DIR")]
    pub work: Option<PathBuf>,
    /// Fail if the system cannot confine submitted code
    #[arg(long)]
    pub require_sandbox: bool,
    /// Do not confine submitted code
    #[arg(long, conflicts_with = "require_sandbox")]
    pub no_sandbox: bool,
    #[command(flatten)]
    pub reports: ReportArgs,
}

/// The score of learners who handed in nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Missing {
    None,
    Zero,
}

#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Where to write the reports
    #[arg(long, value_name = "DIR", default_value = "grades")]
    pub out: PathBuf,
    /// The heading of the reports
    #[arg(long, value_name = "TEXT", default_value = "Event loops in Rust")]
    pub title: String,
    /// The teacher's decisions about grades [default: grading.toml beside the folder or archive of submissions; when merging, beside `--submissions`]
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Show names in the reports although the policy says `anonymous`
    #[arg(long)]
    pub reveal: bool,
    /// The score of learners who handed in nothing: none, or zero points, if every submission belongs to somebody on
    /// the roster
    #[arg(long, value_name = "SCORE", value_enum, default_value_t = Missing::None)]
    pub missing: Missing,
    /// Write canvas.csv: the grade book as Canvas exports it, filled in; or only the assignment as the export names it, such as
    /// "Event loops (1234)"
    #[arg(long, value_name = "FILE")]
    pub canvas: Option<String>,
    /// The assignment in Canvas's grade book, if there are several
    #[arg(long, value_name = "ASSIGNMENT", requires = "canvas")]
    pub canvas_assignment: Option<String>,
    /// Write moodle.csv: the grading worksheet that Moodle gave you, filled in
    #[arg(long, value_name = "FILE")]
    pub moodle: Option<PathBuf>,
    /// The worksheet's column for grades, if it cannot be detected
    #[arg(long, value_name = "COLUMN", requires = "moodle")]
    pub moodle_grade_column: Option<String>,
    /// Write Gradescope's results.json here (one submission only)
    #[arg(long, value_name = "FILE")]
    pub gradescope: Option<PathBuf>,
    /// Write GitHub Classroom's result here (one submission only)
    #[arg(long, value_name = "FILE")]
    pub classroom: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct HandoutArgs {
    /// A new folder
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The quests to verify [default: all]
    #[arg(value_name = "QUEST")]
    pub quests: Vec<String>,
    /// Run everything this many times, and require the same verdicts each time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub runs: u32,
    /// Redraw the pictures in the lessons, and update the reference traces
    #[arg(long)]
    pub bless: bool,
    /// Rebase the wrong programs onto correct programs that have changed
    #[arg(long, conflicts_with_all = ["runs", "bless", "new"])]
    pub rebase: bool,
    /// Create a wrong program with this name from the mistake in the quest's learner.rs
    #[arg(long, value_name = "NAME", conflicts_with_all = ["runs", "bless"])]
    pub new: Option<String>,
}
