//! The one engine behind every verdict: build once, run each test in a process of its own, judge outside of it.
//!
//! [`precheck`] → [`cargo_build`] → [`test_runner`] → [`process_output`] → [`judge`] → [`verdict`].
//!
//! - A build and a test are each one process: [`process`] runs it, [`launcher`] and [`process_group`] bound it, [`idle`], [`budget`]
//!   and [`pace`] decide when it must be killed; [`memory`] and [`machine_lock`] tell the machine's fault from its own.
//! - [`mtime`] makes cargo see files with an old time stamp; [`cargo`] is how nested cargo is called; [`temporary`] and
//!   [`remove_tree`] clean up.

mod budget;
pub mod cargo;
pub mod cargo_build;
mod idle;
pub mod judge;
pub mod launcher;
pub mod machine_lock;
pub mod memory;
mod mtime;
mod pace;
pub mod precheck;
pub mod process;
pub mod process_group;
pub mod process_output;
pub mod remove_tree;
mod removed_files;
mod temporary;
pub mod test_runner;
pub mod verdict;

use crate::course::{Course, Quest, Test, TestPackage};
use crate::state::Mode;
use anyhow::Context as _;
use cargo_build::{BuildOutput, BuildRequest, Diagnostic, PackageOutput, TargetKind};
use precheck::Rejection;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use test_runner::{TestEnv, TestJob};
use verdict::{Judgement, TestResult};

/// A program to judge: a quest of this workspace, or one with another `learner.rs` on the stage.
#[derive(Debug)]
pub struct QuestProgram<'a> {
    pub quest: &'a Quest,
    /// What is added to the names of the quest's packages on the stage.
    pub suffix: String,
}

impl QuestProgram<'_> {
    /// The output for one of the quest's packages.
    pub fn built<'b>(&self, package: &TestPackage, built: &'b BuildOutput) -> Option<&'b PackageOutput> {
        built.packages.get(&format!("{}{}", package.name, self.suffix))
    }
}

/// Builds, runs and judges the quests of this workspace.
pub fn judge_quests<'a>(course: &'a Course, quests: &[&'a Quest], mode: Mode) -> anyhow::Result<Vec<Judgement>> {
    let precheck = |quest: &&Quest| if mode == Mode::Learner { precheck_quest(course, quest) } else { None };
    let rejections: Vec<Option<Rejection>> = quests.iter().map(precheck).collect();
    let programs: Vec<QuestProgram> = quests
        .iter()
        .zip(&rejections)
        .filter(|(_, rejection)| rejection.is_none())
        .map(|(quest, _)| QuestProgram { quest, suffix: String::new() })
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
    build_quests_in(course.root.join("target").join("quests"), course, quests, mode, what)
}

/// The same in another target folder: the course may be on a disk that cannot be written.
pub fn build_quests_in(
    target: PathBuf,
    course: &Course,
    quests: &[&Quest],
    mode: Mode,
    what: TargetKind,
) -> anyhow::Result<BuildOutput> {
    if mode == Mode::Learner {
        let sources = quests.iter().flat_map(|quest| course.needed_by(quest).chain([*quest]));
        mtime::refresh(&target, sources.map(|quest| (quest.package.as_str(), quest.learner())))?;
    }
    let packages: Vec<&TestPackage> = match what {
        TargetKind::Tests => quests.iter().flat_map(|quest| &quest.packages).collect(),
        TargetKind::Demo => quests.iter().map(|quest| quest.demo_package()).collect(),
    };
    // A file with forbidden code is not compiled for any test, of any quest.
    let is_forbidden = |name: &String| {
        let quest = course.quests.iter().find(|quest| quest.package == *name);
        quest.is_some_and(|quest| matches!(precheck_quest(course, quest), Some(Rejection::Forbidden(_))))
    };
    let runs_on_forbidden = |package: &TestPackage| {
        mode == Mode::Learner && what == TargetKind::Tests && package.quests.iter().any(is_forbidden)
    };
    let packages: Vec<&TestPackage> = packages.into_iter().filter(|package| !runs_on_forbidden(package)).collect();
    cargo_build::build(&BuildRequest {
        root: &course.root,
        target,
        packages: packages.iter().map(|package| package.name.clone()).collect(),
        libraries: packages.iter().map(|package| (package.name.clone(), package.quests.clone())).collect(),
        features: match mode {
            Mode::Learner => Vec::new(),
            Mode::Reference => packages.iter().map(|package| format!("{}/reference", package.name)).collect(),
        },
        what,
        isolation: None,
    })
}

/// Runs the tests of programs that were built, all of them together, and judges each program.
pub fn judge_built(programs: &[QuestProgram], built: &BuildOutput) -> anyhow::Result<Vec<Judgement>> {
    let mut jobs = Vec::new();
    for program in programs.iter().filter(|program| errors(program, program.quest.own_package(), built).is_none()) {
        for (_, test) in program.quest.tests() {
            let package = program.quest.package_of(test);
            if let Some(test_program) = program.built(package, built).and_then(|package| package.program.clone()) {
                jobs.push(TestJob {
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
    let mut judged = test_runner::run_all(&jobs, &TestEnv::local())?.into_iter();
    let mut of_test = |program: &QuestProgram, test: &Test| match errors(program, program.quest.package_of(test), built)
    {
        Some(errors) => TestResult::not_built(test, errors),
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
fn errors(program: &QuestProgram, package: &TestPackage, built: &BuildOutput) -> Option<Vec<Diagnostic>> {
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
