//! Grades a class: looks up every submission, and grades what is not known yet with several workers.

use crate::building::BuildPlan;
use crate::confine::probe;
use crate::expected::Expectations;
use crate::grading::quest_grade::unknown;
use crate::grading::{BuildContext, Grader, Ungraded};
use crate::local_paths::LocalPaths;
use crate::memory_plan;
use crate::model::{Confinement, GradedSubmission, Grades, QuestInfo, QuestState, SCHEMA, Shard, TestInfo};
use crate::progress::GradingProgress;
use crate::shard::status::StatusFile;
use crate::store::{Keys, Store};
use crate::submissions::Submission;
use crate::toolchain::Toolchain;
use crate::work_dir::{WorkDir, WorkPlace};
use anyhow::{anyhow, bail};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use xtask::course::{Course, Quest};
use xtask::eprint_line;

/// How to grade.
#[derive(Debug, Clone)]
pub struct Settings {
    pub title: String,
    pub seed: u64,
    /// Submissions at once.
    pub jobs: usize,
    pub shard: Shard,
    /// The fingerprint of the ids of all submissions, in all shards.
    pub class: String,
    /// The submissions of this shard that a roster has no row for, by id.
    pub unmatched: BTreeSet<String>,
    pub sandbox: Sandbox,
    /// Where results are kept, if not in the work directory.
    pub store: Option<PathBuf>,
    pub work: WorkPlace,
    /// Tells other machines how far this one is.
    pub status: Option<Arc<StatusFile>>,
}

/// What to do if the system cannot confine submitted code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sandbox {
    Required,
    AsGranted,
    Off,
}

/// After this many consecutive submissions that could not be graded, the course itself is built. If that fails, the machine is at
/// fault.
const FAILURES: usize = 3;

/// Grades all submissions.
pub fn grade(course: &Course, submissions: &[Submission], settings: &Settings) -> anyhow::Result<Grades> {
    let work_dir = WorkDir::enter(course, &settings.work)?;
    let toolchain = Toolchain::find(&course.root)?;
    let confinement = confinement(&work_dir, settings.sandbox)?;
    let seed = settings.seed.to_string();
    let circumstances = [seed.as_str(), &toolchain.version, &confinement.missing.join("\n")];
    let grader = Grader {
        course,
        store: Store::open(settings.store.clone().unwrap_or_else(|| work_dir.store()))?,
        keys: Keys::new(course, &circumstances)?,
        seed: settings.seed,
        confined: settings.sandbox != Sandbox::Off,
        temporary: work_dir.temporary(),
    };
    let mut known: Vec<GradedSubmission> = Vec::new();
    let mut left = Vec::new();
    for submission in submissions {
        let (looked_up, open) = grader.look_up(submission);
        if !open.is_empty() {
            left.push(known.len());
        }
        known.push(looked_up);
    }
    if let Some(status) = &settings.status {
        status.begin(submissions.len(), left.len());
    }
    if !left.is_empty() {
        let builders = settings.jobs.clamp(1, left.len());
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let plan = memory_plan::fit(builders, processors)?;
        for note in &plan.notes {
            eprint_line!("{note}");
        }
        let build_plan = plan.build_plan(settings.seed, grader.confined);
        let contexts = contexts(&work_dir, course, &toolchain, &build_plan)?;
        for (index, found) in work(&grader, submissions, &left, contexts, settings.status.as_deref()) {
            known[index] = found;
        }
    }
    Ok(Grades {
        schema: SCHEMA,
        title: settings.title.clone(),
        course: grader.keys.course.clone(),
        toolchain: toolchain.version,
        seed: settings.seed,
        confinement,
        shard: settings.shard,
        class: settings.class.clone(),
        policy: Vec::new(),
        anonymous: false,
        scaled_to: None,
        unmatched: settings.unmatched.clone(),
        quests: quests(course),
        submissions: known,
    })
}

fn confinement(work_dir: &WorkDir, sandbox: Sandbox) -> anyhow::Result<Confinement> {
    if sandbox == Sandbox::Off {
        return Ok(probe::nothing());
    }
    let confinement = probe::probe(&work_dir.folder)?;
    if sandbox == Sandbox::Required && !confinement.missing.is_empty() {
        bail!(
            "this system cannot confine submitted code as `--require-sandbox` requires. Missing:\n  {}",
            confinement.missing.join("\n  ")
        );
    }
    Ok(confinement)
}

/// A build context for each worker.
fn contexts<'a>(
    work_dir: &WorkDir,
    course: &'a Course,
    toolchain: &Toolchain,
    build_plan: &BuildPlan,
) -> anyhow::Result<Vec<BuildContext<'a>>> {
    eprint_line!("Preparing: building the course and running the hidden scenarios on the solutions.");
    let expected = Arc::new(Expectations::find(course, build_plan.seed, &work_dir.solutions)?);
    let builders = work_dir.builders(course, toolchain, build_plan)?;
    Ok(builders.into_iter().map(|builder| BuildContext { builder, expected: expected.clone() }).collect())
}

/// Grades the submissions with these indexes. Each worker grades one at a time.
fn work(
    grader: &Grader,
    submissions: &[Submission],
    left: &[usize],
    contexts: Vec<BuildContext>,
    status: Option<&StatusFile>,
) -> Vec<(usize, GradedSubmission)> {
    let next = AtomicUsize::new(0);
    let failures = AtomicUsize::new(0);
    let broken_machine: OnceLock<anyhow::Error> = OnceLock::new();
    let done = Mutex::new(Vec::new());
    let progress = GradingProgress::new(left.len());
    thread::scope(|scope| {
        for context in contexts {
            scope.spawn(|| {
                let context = context;
                while let Some(index) = left.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let submission = &submissions[*index];
                    // An identical submission may have been graded in the meantime.
                    let (mut found, open) = grader.look_up(submission);
                    let outcome = match broken_machine.get() {
                        Some(error) => Err(anyhow!("{error:#}")),
                        None => grader.finish(submission, &mut found, &open, &context).inspect_err(|error| {
                            progress.print_line(&format!("{} could not be graded: {error:#}", submission.id));
                        }),
                    };
                    match outcome {
                        Ok(()) => failures.store(0, Ordering::Relaxed),
                        Err(error) => {
                            blame_the_machine(grader, &mut found, &open, &error);
                            let is_suspicious = failures.fetch_add(1, Ordering::Relaxed) + 1 >= FAILURES;
                            if is_suspicious && broken_machine.get().is_none() {
                                failures.store(0, Ordering::Relaxed);
                                if let Err(error) = context.builder.build_the_stubs() {
                                    // Another worker may have set it first, to the same error.
                                    let _ = broken_machine.set(error);
                                }
                            }
                        }
                    }
                    done.lock().expect("no holder of this lock panics").push((*index, found));
                    progress.advance();
                    status.inspect(|status| status.advance());
                }
            });
        }
    });
    if let Some(error) = broken_machine.into_inner() {
        progress.print_line(&format!(
            "This machine cannot build anything at the moment: {error:#}\nResults so far are kept. Fix the machine, \
             then run the same command again to continue."
        ));
    }
    done.into_inner().expect("no holder of this lock panics")
}

/// Marks the quests that are still ungraded as not graded.
fn blame_the_machine(grader: &Grader, submission: &mut GradedSubmission, open: &Ungraded, error: &anyhow::Error) {
    for quest in &mut submission.quests {
        if quest.state == QuestState::InfraError && open.contains(quest.number) {
            let quest_info = grader.course.quests.iter().find(|other| other.number == quest.number);
            let mut nothing = unknown(quest_info.expect("the quests are the course's"), &format!("{error:#}"));
            LocalPaths::of(&grader.course.root, grader.temporary.parent().unwrap_or(&grader.temporary))
                .redact_quest(&mut nothing);
            *quest = nothing.bounded();
        }
    }
}

/// What reports need to know about the course's quests.
pub fn quests(course: &Course) -> Vec<QuestInfo> {
    course.quests.iter().map(quest_info).collect()
}

fn quest_info(quest: &Quest) -> QuestInfo {
    let test = |(step, test): (&xtask::course::Step, &xtask::course::Test)| TestInfo {
        name: test.name.clone(),
        step: step.title.clone(),
        says: test.says.clone(),
        points: test.points.into(),
        exempt: None,
    };
    QuestInfo {
        number: quest.number,
        name: quest.name.clone(),
        package: quest.package.clone(),
        title: quest.meta.title.clone(),
        points: quest.meta.points.into(),
        tests: quest.tests().map(test).collect(),
    }
}
