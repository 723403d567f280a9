//! The one engine behind every verdict: build once, run each test in a process of its own, judge outside of it.
//!
//! [`refused`] → [`build`] → [`observing`] (with [`limits`], [`process`], [`groups`], [`removal`], [`quiet`], [`budget`], [`pace`], [`memory`], [`alone`]) → [`judge`] → [`verdict`].
//! [`stale`] makes cargo see files with an old time stamp; [`cargo`] is how nested cargo is called.

pub mod alone;
mod budget;
pub mod build;
pub mod cargo;
pub mod groups;
pub mod judge;
pub mod limits;
mod memory;
pub mod observing;
mod pace;
pub mod process;
mod quiet;
pub mod refused;
pub mod removal;
mod removed_files;
pub mod stage;
mod stale;
mod temporary;
pub mod verdict;

use crate::course::{Course, Quest};
use crate::state::Mode;
use anyhow::Context as _;
use build::{Built, Request, What};
use observing::{Job, Room};
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use verdict::Judgement;

/// One program to judge: a quest's package, or a package staged from it.
#[derive(Debug)]
pub struct Program<'a> {
    pub quest: &'a Quest,
    pub package: String,
    /// Where its tests run.
    pub folder: PathBuf,
}

/// Builds, runs and judges the quests of this workspace.
pub fn judge_quests<'a>(course: &'a Course, quests: &[&'a Quest], mode: Mode) -> anyhow::Result<Vec<Judgement>> {
    let turned_away: Vec<Option<Judgement>> =
        quests.iter().map(|quest| if mode == Mode::Learner { own_turned_away(course, quest) } else { None }).collect();
    let programs: Vec<Program> = quests
        .iter()
        .zip(&turned_away)
        .filter(|(_, turned_away)| turned_away.is_none())
        .map(|(quest, _)| Program { quest, package: quest.package.clone(), folder: quest.folder.clone() })
        .collect();
    let to_build: Vec<&Quest> = programs.iter().map(|program| program.quest).collect();
    let built = build_quests(course, &to_build, mode, What::Tests)?;
    let mut judged = judge_built(&programs, &built)?.into_iter();
    Ok(turned_away
        .into_iter()
        .map(|known| known.unwrap_or_else(|| judged.next().expect("each program was judged")))
        .collect())
}

/// Builds quests of this workspace, in a target folder of their own: neither rust-analyzer nor `cargo test` wait for it.
pub fn build_quests(course: &Course, quests: &[&Quest], mode: Mode, what: What) -> anyhow::Result<Built> {
    let target = course.root.join("target").join("quests");
    if mode == Mode::Learner {
        let sources = quests.iter().flat_map(|quest| course.needed_by(quest).chain([*quest]));
        stale::refresh(&target, sources.map(|quest| (quest.package.as_str(), quest.learner())))?;
    }
    // A file that is refused is not compiled for another quest either.
    let runs_on_refused = |quest: &Quest| {
        course.needed_by(quest).any(|other| matches!(own_turned_away(course, other), Some(Judgement::Refused(_))))
    };
    let (alone, together): (Vec<&Quest>, Vec<&Quest>) =
        quests.iter().partition(|quest| mode == Mode::Learner && what == What::Tests && runs_on_refused(quest));
    let packages = |quests: &[&Quest]| -> Vec<String> { quests.iter().map(|quest| quest.package.clone()).collect() };
    let features = |quests: &[&Quest]| match mode {
        Mode::Learner => Vec::new(),
        Mode::Reference => quests.iter().map(|quest| format!("{}/reference", quest.package)).collect(),
    };
    let needed = |quest: &Quest| course.needed_by(quest).map(|other| other.package.clone()).collect();
    let needs = together.iter().map(|quest| (quest.package.clone(), needed(quest)));
    let request = Request {
        root: &course.root,
        target,
        packages: packages(&together),
        features: features(&together),
        // A demo without what it needs is none.
        needs: if what == What::Tests { needs.collect() } else { BTreeMap::new() },
        default_features: true,
        what,
        foreign: None,
    };
    let mut built = build::build(&request)?;
    // A quest that runs on another's code has lost only the tests that do, when that other does not compile. Nor are they
    // all lost when that other compiles, but not as they call it.
    let is_lost = |quest: &&Quest| {
        let runs_on_others = what == What::Tests && course.needed_by(quest).next().is_some();
        built.was_lost(&quest.package) || (runs_on_others && !built.has_program(&quest.package))
    };
    let lost = together.iter().copied().filter(is_lost);
    let lost: Vec<&Quest> = lost.chain(alone).collect();
    if !lost.is_empty() {
        let request = Request {
            packages: packages(&lost),
            features: features(&lost),
            needs: BTreeMap::new(),
            default_features: false,
            ..request
        };
        built.packages.extend(build::build(&request)?.packages);
    }
    Ok(built)
}

/// Runs the tests of programs that were built, all of them together, and judges each program.
pub fn judge_built(programs: &[Program], built: &Built) -> anyhow::Result<Vec<Judgement>> {
    let mut jobs = Vec::new();
    for program in programs {
        if let Some(test_program) = built.packages.get(&program.package).and_then(|package| package.program.as_ref()) {
            for (_, test) in program.quest.tests() {
                let expected = snapshot(program.quest, &test.name)?;
                jobs.push(Job {
                    program: test_program.clone(),
                    folder: program.folder.clone(),
                    test,
                    path: test.name.clone(),
                    expected,
                    seed: None,
                });
            }
        }
    }
    let mut judged = observing::observe_all(&jobs, &Room::open())?.into_iter();
    Ok(programs
        .iter()
        .map(|program| match built.packages.get(&program.package) {
            Some(package) if package.program.is_some() => {
                Judgement::Observed(judged.by_ref().take(program.quest.tests().count()).collect())
            }
            Some(package) => Judgement::DoesNotCompile(package.errors.clone()),
            None => Judgement::DoesNotCompile(Vec::new()),
        })
        .collect())
}

/// What a test must observe: its snapshot.
pub fn snapshot(quest: &Quest, test: &str) -> anyhow::Result<String> {
    let path = quest.snapshot(test);
    let file = fs::read_to_string(&path)
        .with_context(|| format!("could not read {}, which says what the test must observe", path.display()))?;
    judge::snapshot_content(&file).with_context(|| format!("{} is no snapshot: its header is missing", path.display()))
}

/// The verdict on a learner's file, shown under this name, that is not compiled at all, if so.
pub fn turned_away(file: &[u8], shown: &str) -> Option<Judgement> {
    match str::from_utf8(file) {
        Ok(source) => refused::scan(source).map(Judgement::Refused),
        Err(error) => {
            let line = file[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
            let why = format!("{shown} is not UTF-8 text: line {line} holds other bytes. Save it as UTF-8");
            Some(Judgement::Unreadable(why))
        }
    }
}

/// The verdict on a learner's file of this workspace that is not compiled at all, if so.
fn own_turned_away(course: &Course, quest: &Quest) -> Option<Judgement> {
    let path = quest.learner();
    let shown = course.shown(&path);
    match fs::read(&path) {
        Ok(file) => turned_away(&file, &shown),
        Err(error) if error.kind() == ErrorKind::NotFound => Some(Judgement::Unreadable(format!("{shown} is missing"))),
        Err(error) => Some(Judgement::Unreadable(format!("{shown} cannot be read: {error}"))),
    }
}
