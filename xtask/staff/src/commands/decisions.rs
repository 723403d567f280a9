//! What the teacher decided about grades: `grading.toml`, and what the command line says about the absent.

use crate::cli;
use staff::class;
use staff::model::{Confinement, Grades, Intake, SCHEMA, Shard};
use staff::points::Points;
use staff::policy::{self, Policy};
use staff::text::escape::display_path;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use xtask::course::Course;
use xtask::eprint_line;
use xtask::exit::UsageError;

/// The decisions for this class.
#[derive(Debug)]
pub struct Decisions {
    policy: Policy,
    /// Where they were found; none if there are none.
    file: Option<PathBuf>,
}

impl Decisions {
    /// Reads the file that the command line names, or the one beside the class.
    pub fn read(submissions: &[PathBuf], reports: &cli::ReportArgs) -> anyhow::Result<Self> {
        let Some(file) = reports.policy.clone().or_else(|| beside(submissions)) else {
            return Ok(Self { policy: Policy::default(), file: None });
        };
        let shown = file.display();
        let policy = Policy::read(&file).map_err(|error| UsageError(format!("{shown}: {error}")))?;
        if policy.anonymous && !reports.reveal && (reports.gradescope.is_some() || reports.classroom.is_some()) {
            let message =
                "with `anonymous`, --gradescope and --classroom write nothing: add --reveal, or leave them out";
            return Err(UsageError(format!("{shown}: {message}")).into());
        }
        eprint_line!("Points follow {shown}.");
        Ok(Self { policy, file: Some(file) })
    }

    /// Checks before grading that quests, tests and learners are there. `ids` are those of the class; none if this is only a
    /// part of it, whose `grading.toml` may name the others.
    pub fn check<'a>(&self, course: &Course, ids: Option<impl IntoIterator<Item = &'a str>>) -> Result<(), UsageError> {
        let Some(file) = &self.file else { return Ok(()) };
        let checked = match ids {
            Some(ids) => self.policy.check(course, ids),
            None => self.policy.check_quests(course),
        };
        checked.map_err(|error| UsageError(format!("{}: {error}", file.display())))
    }

    /// The points that can be earned by these decisions.
    pub fn possible(&self, course: &Course) -> Points {
        let mut nobody = Grades {
            schema: SCHEMA,
            title: String::new(),
            course: String::new(),
            toolchain: String::new(),
            seed: 0,
            confinement: Confinement::default(),
            shard: Shard { index: 1, count: 1 },
            class: String::new(),
            policy: Vec::new(),
            anonymous: false,
            scaled_to: None,
            unmatched: BTreeSet::new(),
            quests: class::quests(course),
            submissions: Vec::new(),
        };
        self.policy.apply(&mut nobody);
        nobody.points()
    }

    /// The grades by these decisions, and notes for the teacher.
    pub fn apply(&self, mut grades: Grades, reports: &cli::ReportArgs) -> anyhow::Result<(Grades, Vec<String>)> {
        if !grades.policy.is_empty() {
            return Err(UsageError("these grades follow a grading.toml already: grade the class again".into()).into());
        }
        let mut notes = Vec::new();
        if reports.missing == cli::Missing::Zero {
            grades.count_missing_as_zero();
            notes.extend(no_zeros(&grades));
        }
        notes.extend(self.policy.apply(&mut grades));
        grades.anonymous = self.policy.anonymous && !reports.reveal;
        Ok((grades, notes))
    }

    /// A note if there was no place to look for a `grading.toml`.
    pub fn none_found(&self) -> Option<String> {
        let note =
            "No grading.toml was applied: it is found beside `--submissions PATH`, or named with `--policy FILE`.";
        self.file.is_none().then(|| note.to_owned())
    }

    /// Notes on the files with decisions that lie among the submissions and are not followed.
    pub fn not_followed(&self, among: &[PathBuf]) -> Vec<String> {
        let followed = self.file.as_ref().and_then(|file| fs::canonicalize(file).ok());
        let is_followed = |file: &&PathBuf| followed.is_some() && fs::canonicalize(file).ok() == followed;
        let note = |file: &PathBuf| {
            format!(
                "{} is not followed: it lies among the submissions, where learners could have written it. Move it \
                 beside them, or name it with `--policy FILE`",
                display_path(file)
            )
        };
        among.iter().filter(|file| !is_followed(file)).map(note).collect()
    }

    /// Notes for the reports of a shard, whose grades are what the tests gave: decisions are the merge's, and so is
    /// every file that could be uploaded for the class.
    pub fn postponed(&self, reports: &cli::ReportArgs) -> Vec<String> {
        let file = self
            .file
            .as_ref()
            .map(|file| format!("{} is not applied to a shard: it counts when the shards are merged", file.display()));
        let options = [
            ("--canvas", "A shard writes no canvas.csv", reports.canvas.is_some()),
            ("--moodle", "A shard writes no moodle.csv", reports.moodle.is_some()),
            ("--missing zero", "A shard gives nobody zero points", reports.missing == cli::Missing::Zero),
        ];
        let options = options.into_iter().filter(|(_, _, is_given)| *is_given);
        file.into_iter()
            .chain(options.map(|(option, what, _)| format!("{what}: give {option} to `grade merge`, too")))
            .collect()
    }
}

/// Why those who look absent have no zeros, if they were to have some.
fn no_zeros(grades: &Grades) -> Option<String> {
    const NAMED: usize = 10;
    let absent = grades.submissions.iter().filter(|graded| graded.intake == Intake::Missing).count();
    if absent == 0 || grades.unmatched.is_empty() {
        return None;
    }
    let named: Vec<String> = grades.unmatched.iter().take(NAMED).map(|id| format!("`{id}`")).collect();
    let more = grades.unmatched.len().checked_sub(NAMED + 1).map(|more| format!(" and {} more", more + 1));
    Some(format!(
        "Nobody got zero points from `--missing zero`: the roster has no row for {}{}, so any of the {absent} learners \
         who look absent may have handed that in. Give each the name, the email or the login that its learner has on \
         the roster, take out what is nobody's, and run this again",
        named.join(", "),
        more.unwrap_or_default()
    ))
}

/// The file beside the folder or the archive with the submissions. Nothing in it is looked at: learners wrote what is there, and
/// would decide about their own points.
fn beside(submissions: &[PathBuf]) -> Option<PathBuf> {
    let folder = |path: &PathBuf| fs::canonicalize(path).ok()?.parent().map(Path::to_owned);
    let mut files = submissions.iter().filter_map(folder).map(|folder| folder.join(policy::FILE));
    files.find(|file| file.is_file())
}
