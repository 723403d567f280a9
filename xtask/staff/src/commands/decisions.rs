//! What the teacher decided about grades: `grading.toml`, and what the command line says about the absent.

use crate::cli;
use staff::class;
use staff::model::{Confinement, Grades, SCHEMA, Shard};
use staff::points::Points;
use staff::policy::{self, Policy};
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
        if reports.missing == cli::Missing::Zero {
            grades.count_missing_as_zero();
        }
        let notes = self.policy.apply(&mut grades);
        grades.anonymous = self.policy.anonymous && !reports.reveal;
        Ok((grades, notes))
    }

    /// A note if there was no place to look for a `grading.toml`.
    pub fn none_found(&self) -> Option<String> {
        let note =
            "No grading.toml was applied: it is found beside `--submissions PATH`, or named with `--policy FILE`.";
        self.file.is_none().then(|| note.to_owned())
    }

    /// A note for the reports of a shard, whose grades are what the tests gave.
    pub fn postponed(&self) -> Vec<String> {
        let file = self.file.as_ref().map(|file| file.display().to_string());
        let note = |file| format!("{file} is not applied to a shard: it counts when the shards are merged");
        file.map(note).into_iter().collect()
    }
}

/// The file beside the folder or the archive with the submissions. Nothing in it is looked at: learners wrote what is there, and
/// would decide about their own points.
fn beside(submissions: &[PathBuf]) -> Option<PathBuf> {
    let folder = |path: &PathBuf| fs::canonicalize(path).ok()?.parent().map(Path::to_owned);
    let mut files = submissions.iter().filter_map(folder).map(|folder| folder.join(policy::FILE));
    files.find(|file| file.is_file())
}
