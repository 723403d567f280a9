//! `grade`: submissions in, reports out.

use crate::cli;
use anyhow::Context as _;
use grade::class::{self, Sandbox, Settings};
use grade::model::{Grades, Shard};
use grade::shard;
use grade::submissions::{self, Place, Roster, Source, Submission};
use std::collections::BTreeMap;
use std::env;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::Path;
use std::thread;
use xtask::course::Course;
use xtask::exit::Outcome;
use xtask::files::write_atomically;
use xtask::tell;

pub fn run(course: &Course, arguments: cli::Grade) -> anyhow::Result<Outcome> {
    let class = arguments.class;
    let (submissions, notes) = submissions(course, &class)?;
    for note in &notes {
        tell!("{note}");
    }
    let ids = submissions.iter().map(|submission| submission.id.as_str());
    let settings = Settings {
        title: class.reports.title.clone(),
        seed: seed(&class)?,
        jobs: class.jobs.map_or_else(processors, |jobs| usize::try_from(jobs).unwrap_or(1)),
        shard: Shard { index: 1, count: 1 },
        class: shard::class_fingerprint(ids),
        sandbox: match (class.require_sandbox, class.no_sandbox) {
            (true, _) => Sandbox::Required,
            (_, true) => Sandbox::Off,
            _ => Sandbox::AsGranted,
        },
    };
    let grades = class::grade(course, &submissions, &settings)?;
    write_atomically(&class.reports.out.join("grades.json"), serde_json::to_string_pretty(&grades)?.as_bytes())?;
    Ok(Outcome::Passed)
}

fn submissions(course: &Course, class: &cli::Class) -> anyhow::Result<(Vec<Submission>, Vec<String>)> {
    let roster = class.roster.as_deref().map(Roster::read).transpose()?;
    let packages: Vec<(u32, String)> =
        course.quests.iter().map(|quest| (quest.number, quest.package.clone())).collect();
    let found = submissions::find(&class.paths, roster.as_ref())?;
    Ok((found.sources.iter().map(|source| source.read(&packages)).collect(), found.notes))
}

fn seed(class: &cli::Class) -> anyhow::Result<u64> {
    Ok(class.seed.unwrap_or_else(|| RandomState::new().build_hasher().finish()))
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}
