//! The one engine behind every verdict: build once, run each test in a process of its own, judge outside of it.
//!
//! [`precheck`] → [`cargo_build`] → [`test_runner`] → [`process_output`] → [`judge`] → [`verdict`].
//!
//! - A build and a test are each one process: [`process`] runs it, [`limits`] and [`process_group`] bound it, [`idle`], [`budget`]
//!   and [`pace`] decide when it must be killed; [`memory`] and [`machine_lock`] tell the machine's fault from its own.
//! - [`mtime`] makes cargo see files with an old time stamp; [`cargo`] is how nested cargo is called; [`temporary`] and
//!   [`remove_tree`] clean up.

mod budget;
pub mod cargo;
pub mod cargo_build;
mod idle;
pub mod judge;
pub mod limits;
pub mod machine_lock;
mod memory;
mod mtime;
mod pace;
pub mod precheck;
pub mod process;
pub mod process_group;
pub mod process_output;
pub mod remove_tree;
mod temporary;
pub mod test_runner;
pub mod verdict;

use crate::course::{Course, Quest};
use crate::state::Mode;
use anyhow::Context as _;
use cargo_build::{BuildOutput, BuildRequest, TargetKind};
use precheck::Rejection;
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use test_runner::{TestEnv, TestJob};
use verdict::Judgement;

/// A program to judge: a quest's package, or a package staged from it.
#[derive(Debug)]
pub struct QuestProgram<'a> {
    pub quest: &'a Quest,
    pub package: String,
    /// Where its tests run.
    pub folder: PathBuf,
}

/// Builds, runs and judges the quests of this workspace.
pub fn judge_quests<'a>(course: &'a Course, quests: &[&'a Quest], mode: Mode) -> anyhow::Result<Vec<Judgement>> {
    let precheck = |quest: &&Quest| if mode == Mode::Learner { precheck_quest(course, quest) } else { None };
    let rejections: Vec<Option<Rejection>> = quests.iter().map(precheck).collect();
    let programs: Vec<QuestProgram> = quests
        .iter()
        .zip(&rejections)
        .filter(|(_, rejection)| rejection.is_none())
        .map(|(quest, _)| QuestProgram { quest, package: quest.package.clone(), folder: quest.folder.clone() })
        .collect();
    let to_build: Vec<&Quest> = programs.iter().map(|program| program.quest).collect();
    let built = build_quests(course, &to_build, mode, TargetKind::Tests)?;
    let mut judged = judge_built(&programs, &built)?.into_iter();
    Ok(rejections
        .into_iter()
        .map(|rejection| match rejection {
            Some(rejection) => Judgement::Rejected(rejection),
            None => judged.next().expect("each program was judged"),
        })
        .collect())
}

/// Builds quests of this workspace in their own target folder, so that neither rust-analyzer nor `cargo test` wait for it.
pub fn build_quests(course: &Course, quests: &[&Quest], mode: Mode, what: TargetKind) -> anyhow::Result<BuildOutput> {
    let target = course.root.join("target").join("quests");
    if mode == Mode::Learner {
        let sources = quests.iter().flat_map(|quest| course.needed_by(quest).chain([*quest]));
        mtime::refresh(&target, sources.map(|quest| (quest.package.as_str(), quest.learner())))?;
    }
    // A file that is refused is not compiled for another quest either.
    let runs_on_refused = |quest: &Quest| {
        course.needed_by(quest).any(|other| matches!(precheck_quest(course, other), Some(Rejection::Forbidden(_))))
    };
    let (alone, together): (Vec<&Quest>, Vec<&Quest>) =
        quests.iter().partition(|quest| mode == Mode::Learner && what == TargetKind::Tests && runs_on_refused(quest));
    let packages = |quests: &[&Quest]| -> Vec<String> { quests.iter().map(|quest| quest.package.clone()).collect() };
    let features = |quests: &[&Quest]| match mode {
        Mode::Learner => Vec::new(),
        Mode::Reference => quests.iter().map(|quest| format!("{}/reference", quest.package)).collect(),
    };
    let needed = |quest: &Quest| course.needed_by(quest).map(|other| other.package.clone()).collect();
    let needs = together.iter().map(|quest| (quest.package.clone(), needed(quest)));
    let request = BuildRequest {
        root: &course.root,
        target,
        packages: packages(&together),
        features: features(&together),
        // A demo without what it needs is none.
        needs: if what == TargetKind::Tests { needs.collect() } else { BTreeMap::new() },
        default_features: true,
        what,
        isolation: None,
    };
    let mut built = cargo_build::build(&request)?;
    // A quest that runs on another's code has lost only the tests that do, when that other does not compile. Nor are they
    // all lost when that other compiles, but not as they call it.
    let is_lost = |quest: &&Quest| {
        let runs_on_others = what == TargetKind::Tests && course.needed_by(quest).next().is_some();
        built.was_lost(&quest.package) || (runs_on_others && !built.has_program(&quest.package))
    };
    let lost = together.iter().copied().filter(is_lost);
    let lost: Vec<&Quest> = lost.chain(alone).collect();
    if !lost.is_empty() {
        let request = BuildRequest {
            packages: packages(&lost),
            features: features(&lost),
            needs: BTreeMap::new(),
            default_features: false,
            ..request
        };
        built.packages.extend(cargo_build::build(&request)?.packages);
    }
    Ok(built)
}

/// Runs the tests of all programs together, and judges each program.
pub fn judge_built(programs: &[QuestProgram], built: &BuildOutput) -> anyhow::Result<Vec<Judgement>> {
    let mut jobs = Vec::new();
    for program in programs {
        if let Some(test_program) = built.packages.get(&program.package).and_then(|package| package.program.as_ref()) {
            for (_, test) in program.quest.tests() {
                let expected = snapshot(program.quest, &test.name)?;
                jobs.push(TestJob {
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
    let mut judged = test_runner::run_all(&jobs, &TestEnv::local())?.into_iter();
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
        .with_context(|| format!("could not read {}, which holds what the test must observe", path.display()))?;
    judge::snapshot_content(&file)
        .with_context(|| format!("{} is not a snapshot: its header is missing", path.display()))
}

/// Why the learner's file of a quest of this workspace must not be compiled, if so.
fn precheck_quest(course: &Course, quest: &Quest) -> Option<Rejection> {
    let path = quest.learner();
    let display_path = course.display_path(&path);
    match fs::read(&path) {
        Ok(file) => precheck::check(&file, &display_path),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Some(Rejection::Unreadable(format!("{display_path} is missing")))
        }
        Err(error) => Some(Rejection::Unreadable(format!("{display_path} cannot be read: {error}"))),
    }
}
