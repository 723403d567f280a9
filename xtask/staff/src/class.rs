//! A class, graded: every submission looked up, and what is not known yet graded by several workers.

use crate::confine::probe;
use crate::expected::Expected;
use crate::grading::{Bench, Grader, Open, unknown};
use crate::model::{Confinement, Graded, Grades, QuestFacts, SCHEMA, Shard, State, TestFacts};
use crate::places::Places;
use crate::progress::Progress;
use crate::store::{Keys, Store};
use crate::submissions::Submission;
use crate::toolchain::Toolchain;
use crate::workshop::{Plan, Workshop};
use anyhow::{anyhow, bail};
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
    pub sandbox: Sandbox,
    /// Where results are kept, if not in the workshop.
    pub store: Option<PathBuf>,
}

/// How much to insist on confinement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sandbox {
    Required,
    AsGranted,
    Off,
}

/// After so many submissions in a row that could not be graded, the course itself is built: whether it can be, tells whether the
/// machine is at fault.
const FAILURES: usize = 3;

/// Grades all submissions.
pub fn grade(course: &Course, submissions: &[Submission], settings: &Settings) -> anyhow::Result<Grades> {
    let workshop = Workshop::enter(course)?;
    let toolchain = Toolchain::find(&course.root)?;
    let confinement = confinement(&workshop, settings.sandbox)?;
    let seed = settings.seed.to_string();
    let circumstances = [seed.as_str(), &toolchain.version, &confinement.missing.join("\n")];
    let grader = Grader {
        course,
        store: Store::open(settings.store.clone().unwrap_or_else(|| workshop.store()))?,
        keys: Keys::new(course, &circumstances)?,
        seed: settings.seed,
        confined: settings.sandbox != Sandbox::Off,
        temporary: workshop.temporary(),
    };
    let mut known: Vec<Graded> = Vec::new();
    let mut left = Vec::new();
    for submission in submissions {
        let (looked_up, open) = grader.look_up(submission);
        if !open.is_empty() {
            left.push(known.len());
        }
        known.push(looked_up);
    }
    if !left.is_empty() {
        let builders = settings.jobs.clamp(1, left.len());
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let plan =
            Plan { builders, jobs: processors.div_ceil(builders), seed: settings.seed, confined: grader.confined };
        let benches = benches(&workshop, course, &toolchain, &plan)?;
        for (index, found) in work(&grader, submissions, &left, benches) {
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
        quests: course.quests.iter().map(facts).collect(),
        submissions: known,
    })
}

fn confinement(workshop: &Workshop, sandbox: Sandbox) -> anyhow::Result<Confinement> {
    if sandbox == Sandbox::Off {
        return Ok(probe::nothing());
    }
    let confinement = probe::probe(&workshop.folder)?;
    if sandbox == Sandbox::Required && !confinement.missing.is_empty() {
        bail!(
            "this system does not grant what `--require-sandbox` asks for. Not granted:\n  {}",
            confinement.missing.join("\n  ")
        );
    }
    Ok(confinement)
}

/// A bench for each worker.
fn benches<'a>(
    workshop: &Workshop,
    course: &'a Course,
    toolchain: &Toolchain,
    plan: &Plan,
) -> anyhow::Result<Vec<Bench<'a>>> {
    eprint_line!("Preparing: the course is built, and the solutions run the hidden scenarios.");
    let expected = Arc::new(Expected::find(course, plan.seed)?);
    let builders = workshop.builders(course, toolchain, plan)?;
    Ok(builders.into_iter().map(|builder| Bench { builder, expected: expected.clone() }).collect())
}

/// Grades the submissions of these indexes, one a worker at a time.
fn work(grader: &Grader, submissions: &[Submission], left: &[usize], benches: Vec<Bench>) -> Vec<(usize, Graded)> {
    let next = AtomicUsize::new(0);
    let failures = AtomicUsize::new(0);
    let broken_machine: OnceLock<anyhow::Error> = OnceLock::new();
    let done = Mutex::new(Vec::new());
    let progress = Progress::new(left.len());
    thread::scope(|scope| {
        for bench in benches {
            scope.spawn(|| {
                let bench = bench;
                while let Some(index) = left.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let submission = &submissions[*index];
                    // Another submission may have held the same files.
                    let (mut found, open) = grader.look_up(submission);
                    let outcome = match broken_machine.get() {
                        Some(error) => Err(anyhow!("{error:#}")),
                        None => grader.finish(submission, &mut found, &open, &bench).inspect_err(|error| {
                            progress.say(&format!("{} could not be graded: {error:#}", submission.id));
                        }),
                    };
                    match outcome {
                        Ok(()) => failures.store(0, Ordering::Relaxed),
                        Err(error) => {
                            blame_the_machine(grader.course, &mut found, &open, &error);
                            let is_suspicious = failures.fetch_add(1, Ordering::Relaxed) + 1 >= FAILURES;
                            if is_suspicious && broken_machine.get().is_none() {
                                failures.store(0, Ordering::Relaxed);
                                if let Err(error) = bench.builder.build_the_stubs() {
                                    // Whoever came first has said the same.
                                    let _ = broken_machine.set(error);
                                }
                            }
                        }
                    }
                    done.lock().expect("no holder of this lock panics").push((*index, found));
                    progress.advance();
                }
            });
        }
    });
    if let Some(error) = broken_machine.into_inner() {
        progress.say(&format!(
            "Nothing can be built on this machine now: {error:#}\nWhat was graded so far is kept: mend the machine, then the same \
             command goes on from here."
        ));
    }
    done.into_inner().expect("no holder of this lock panics")
}

/// Nothing is known about the quests that were still open.
fn blame_the_machine(course: &Course, graded: &mut Graded, open: &Open, error: &anyhow::Error) {
    for quest in &mut graded.quests {
        if quest.state == State::InfraError && open.contains(quest.number) {
            let facts = course.quests.iter().find(|other| other.number == quest.number);
            let mut nothing = unknown(facts.expect("the quests are the course's"), &format!("{error:#}"));
            Places::of(&course.root, &course.root.join("target").join("grade")).left_out_of(&mut nothing);
            *quest = nothing.bounded();
        }
    }
}

fn facts(quest: &Quest) -> QuestFacts {
    let test = |(step, test): (&xtask::course::Step, &xtask::course::Test)| TestFacts {
        name: test.name.clone(),
        step: step.title.clone(),
        says: test.says.clone(),
        points: test.points,
    };
    QuestFacts {
        number: quest.number,
        name: quest.name.clone(),
        package: quest.package.clone(),
        title: quest.meta.title.clone(),
        points: quest.meta.points,
        tests: quest.tests().map(test).collect(),
    }
}
