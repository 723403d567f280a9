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
pub mod stage;
mod stale;
mod temporary;
pub mod verdict;

use crate::course::{Course, Quest, Test, TestPackage};
use crate::state::Mode;
use anyhow::Context as _;
use build::{Built, Diagnostic, Package, Request, What};
use observing::{Job, Room};
use std::fs;
use std::io::ErrorKind;
use verdict::{Judged, Judgement};

/// One program to judge: a quest of this workspace, or one with another `learner.rs` on the stage.
#[derive(Debug)]
pub struct Program<'a> {
    pub quest: &'a Quest,
    /// What is added to the names of the quest's packages on the stage.
    pub suffix: String,
}

impl Program<'_> {
    /// What came of one of the quest's packages.
    pub fn built<'b>(&self, package: &TestPackage, built: &'b Built) -> Option<&'b Package> {
        built.packages.get(&format!("{}{}", package.name, self.suffix))
    }
}

/// Builds, runs and judges the quests of this workspace.
pub fn judge_quests<'a>(course: &'a Course, quests: &[&'a Quest], mode: Mode) -> anyhow::Result<Vec<Judgement>> {
    let turned_away: Vec<Option<Judgement>> =
        quests.iter().map(|quest| if mode == Mode::Learner { own_turned_away(course, quest) } else { None }).collect();
    let programs: Vec<Program> = quests
        .iter()
        .zip(&turned_away)
        .filter(|(_, turned_away)| turned_away.is_none())
        .map(|(quest, _)| Program { quest, suffix: String::new() })
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
    let packages: Vec<&TestPackage> = match what {
        What::Tests => quests.iter().flat_map(|quest| &quest.packages).collect(),
        What::Demo => quests.iter().map(|quest| quest.demo_package()).collect(),
    };
    // A file that is refused is compiled for no test, whichever quest it is of.
    let is_refused = |name: &String| {
        let quest = course.quests.iter().find(|quest| quest.package == *name);
        quest.is_some_and(|quest| matches!(own_turned_away(course, quest), Some(Judgement::Refused(_))))
    };
    let runs_on_refused =
        |package: &TestPackage| mode == Mode::Learner && what == What::Tests && package.quests.iter().any(is_refused);
    let packages: Vec<&TestPackage> = packages.into_iter().filter(|package| !runs_on_refused(package)).collect();
    build::build(&Request {
        root: &course.root,
        target,
        packages: packages.iter().map(|package| package.name.clone()).collect(),
        libraries: packages.iter().map(|package| (package.name.clone(), package.quests.clone())).collect(),
        features: match mode {
            Mode::Learner => Vec::new(),
            Mode::Reference => packages.iter().map(|package| format!("{}/reference", package.name)).collect(),
        },
        what,
        foreign: None,
    })
}

/// Runs the tests of programs that were built, all of them together, and judges each program.
pub fn judge_built(programs: &[Program], built: &Built) -> anyhow::Result<Vec<Judgement>> {
    let mut jobs = Vec::new();
    for program in programs.iter().filter(|program| errors(program, program.quest.own_package(), built).is_none()) {
        for (_, test) in program.quest.tests() {
            let package = program.quest.package_of(test);
            if let Some(test_program) = program.built(package, built).and_then(|package| package.program.clone()) {
                jobs.push(Job {
                    program: test_program,
                    folder: package.folder.clone(),
                    test,
                    path: test.name.clone(),
                    expected: snapshot(program.quest, &test.name)?,
                    seed: None,
                });
            }
        }
    }
    let mut judged = observing::observe_all(&jobs, &Room::open())?.into_iter();
    let mut of_test = |program: &Program, test: &Test| match errors(program, program.quest.package_of(test), built) {
        Some(errors) => Judged::not_built(test, errors),
        None => judged.next().expect("each test that was built was judged"),
    };
    Ok(programs
        .iter()
        .map(|program| match errors(program, program.quest.own_package(), built) {
            Some(errors) => Judgement::DoesNotCompile(errors),
            None => Judgement::Observed(program.quest.tests().map(|(_, test)| of_test(program, test)).collect()),
        })
        .collect())
}

/// Why a package has no test program: its errors, of which there are none if it is another package that does not compile.
fn errors(program: &Program, package: &TestPackage, built: &Built) -> Option<Vec<Diagnostic>> {
    match program.built(package, built) {
        Some(package) if package.program.is_some() => None,
        Some(package) => Some(package.errors.clone()),
        None => Some(Vec::new()),
    }
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
