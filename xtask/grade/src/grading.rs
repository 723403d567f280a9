//! One submission, graded: what is known already is taken from the store, the rest is built, observed and judged.

use crate::building::{Builder, Outcome};
use crate::confine::Policy;
use crate::expected::{self, Expected};
use crate::fingerprint;
use crate::model::{Graded, QuestGrade, State, TestGrade};
use crate::places::Places;
use crate::stage;
use crate::store::{Keys, Store};
use crate::submissions::Submission;
use crate::told;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xtask::course::{Course, Quest, Test};
use xtask::engine::observing::{Job, Room, observe_all};
use xtask::engine::turned_away;
use xtask::engine::verdict::{Judged, Judgement, Progress, Verdict};
use xtask::report::look;
use xtask::report::reason::{self, Reason, Source};

/// What grading needs to know, the same for every submission.
#[derive(Debug)]
pub struct Grader<'a> {
    pub course: &'a Course,
    pub store: Store,
    pub keys: Keys,
    pub seed: u64,
    /// Whether tests are confined.
    pub confined: bool,
    /// Where tests keep their temporary files.
    pub temporary: PathBuf,
}

/// What is needed only where something has to be built.
#[derive(Debug)]
pub struct Bench<'a> {
    pub builder: Builder<'a>,
    pub expected: Arc<Expected>,
}

/// A submission whose quests are not all known yet.
#[derive(Debug)]
pub struct Open {
    /// By quest: the key under which the result is stored.
    keys: BTreeMap<u32, String>,
}

impl Open {
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub fn contains(&self, quest: u32) -> bool {
        self.keys.contains_key(&quest)
    }
}

impl Grader<'_> {
    /// What can be said without building anything, and what is left.
    pub fn look_up(&self, submission: &Submission) -> (Graded, Open) {
        let mut quests = Vec::new();
        let mut open = Open { keys: BTreeMap::new() };
        for quest in &self.course.quests {
            let known = match file(submission, quest) {
                Err(known) => known,
                Ok(source) => {
                    let needed: Vec<Option<&[u8]>> =
                        self.course.needed_by(quest).map(|needed| file(submission, needed).ok()).collect();
                    let key = self.keys.key(quest.number, source, &needed);
                    self.store.get(&key).unwrap_or_else(|| {
                        open.keys.insert(quest.number, key);
                        unknown(quest, "It has not been graded yet.")
                    })
                }
            };
            quests.push(known);
        }
        let problem = submission.files.as_ref().err().cloned();
        if let (Some(why), true) = (&problem, submission.undecided) {
            quests = self.course.quests.iter().map(|quest| unknown(quest, why)).collect();
        }
        (Graded { id: submission.id.clone(), learner: submission.learner.clone(), problem, quests }, open)
    }

    /// Grades what is left, and stores it.
    pub fn finish(
        &self,
        submission: &Submission,
        graded: &mut Graded,
        open: &Open,
        bench: &Bench,
    ) -> anyhow::Result<()> {
        if open.is_empty() {
            return Ok(());
        }
        let files: BTreeMap<u32, &[u8]> = self
            .course
            .quests
            .iter()
            .filter(|quest| {
                let runs_on_it = |other: &&Quest| {
                    open.keys.contains_key(&other.number)
                        && self.course.needed_by(other).any(|needed| needed.number == quest.number)
                };
                open.keys.contains_key(&quest.number) || self.course.quests.iter().any(|other| runs_on_it(&other))
            })
            .filter_map(|quest| Some((quest.number, file(submission, quest).ok()?)))
            .collect();
        let mut outcome = bench.builder.build(&files)?;
        // Quests that were built only because others run on them are known already.
        outcome.programs.retain(|number, _| open.keys.contains_key(number));
        let mut judged = self.observe(&outcome, bench)?;
        let places = Places::of(&self.course.root, &bench.builder.stage.folder).with_toolchain(&bench.builder.sysroot);
        for quest in &mut graded.quests {
            let Some(key) = open.keys.get(&quest.number) else { continue };
            let facts = self
                .course
                .quests
                .iter()
                .find(|other| other.number == quest.number)
                .expect("the quests are the course's");
            let file = files.get(&quest.number).copied().unwrap_or_default();
            let judgement = match outcome.broken.remove(&quest.number) {
                Some(errors) => Judgement::DoesNotCompile(errors),
                None => Judgement::Observed(judged.remove(&quest.number).unwrap_or_default()),
            };
            let mut told = in_words(facts, &judgement, file, self.seed);
            places.left_out_of(&mut told);
            *quest = told.bounded();
            if quest.state != State::InfraError {
                self.store.put(key, quest)?;
            }
        }
        Ok(())
    }

    /// The verdicts of all tests of the quests that were built.
    fn observe<'t>(&'t self, outcome: &Outcome, bench: &Bench) -> anyhow::Result<BTreeMap<u32, Vec<Judged>>> {
        let job = |quest: &Quest, test: &'t Test, expected: &str, seed| {
            let job = Job {
                program: outcome.programs.get(&quest.number)?.clone(),
                folder: bench.builder.stage.quest_folder(quest),
                test,
                path: stage::test_path(quest, self.seed, &test.name),
                expected: expected.to_owned(),
                seed,
            };
            Some((quest.number, job))
        };
        let mut verdicts: BTreeMap<u32, Vec<Judged>> = BTreeMap::new();
        let tests = self.course.quests.iter().flat_map(|quest| quest.tests().map(move |(_, test)| (quest, test)));
        let visible =
            tests.filter_map(|(quest, test)| job(quest, test, bench.expected.snapshot(quest, &test.name), None));
        for (number, judged) in self.judge(visible)? {
            verdicts.entry(number).or_default().push(judged);
        }
        // The scenario passes if every one that is drawn does. After one that fails, none is drawn.
        for number in 0..expected::HIDDEN {
            let drawn = self.course.quests.iter().filter_map(|quest| {
                let last = verdicts.get(&quest.number)?.last()?;
                let test = quest.scenario().filter(|test| test.name == last.name && last.verdict.passed())?;
                let (seed, expected) = bench.expected.hidden(quest).get(number)?;
                job(quest, test, expected, Some(*seed))
            });
            let drawn: Vec<_> = drawn.collect();
            for (number, judged) in self.judge(drawn)? {
                let of_quest = verdicts.get_mut(&number).expect("its visible tests were judged");
                *of_quest.last_mut().expect("the scenario is among them") = judged;
            }
        }
        Ok(verdicts)
    }

    /// Runs the tests of these quests.
    fn judge<'t>(&self, jobs: impl IntoIterator<Item = (u32, Job<'t>)>) -> anyhow::Result<Vec<(u32, Judged)>> {
        let (numbers, jobs): (Vec<u32>, Vec<Job>) = jobs.into_iter().unzip();
        let room = Room {
            workers: 1,
            temporary: self.temporary.clone(),
            environment: false,
            confinement: if self.confined { confinement } else { |_, _| String::new() },
        };
        // One after the other: what a test says may be long, and is cut before the next one speaks.
        let judged =
            jobs.iter().map(|job| Ok(observe_all(std::slice::from_ref(job), &room)?.into_iter().map(told::in_brief)));
        let judged: Vec<_> = judged.collect::<anyhow::Result<_>>()?;
        Ok(numbers.into_iter().zip(judged.into_iter().flatten()).collect())
    }
}

/// The file of a quest if it can be built; else what becomes of the quest without building.
fn file<'s>(submission: &'s Submission, quest: &Quest) -> Result<&'s [u8], QuestGrade> {
    let Some(file) = submission.files.as_ref().ok().and_then(|files| files.get(&quest.number)) else {
        return Err(QuestGrade { state: State::NotHandedIn, earned: Some(0), ..unknown(quest, "") });
    };
    turned_away(file, &shown(quest)).map_or(Ok(file), |judgement| Err(in_words(quest, &judgement, file, 0).bounded()))
}

/// A test reads the system's libraries and its program; it writes its temporary files.
fn confinement(job: &Job, temporary: &Path) -> String {
    let mut policy = Policy::of_program(job.program.clone());
    policy.write.push(temporary.to_owned());
    policy.words()
}

/// A quest about which nothing is known, and why not.
pub fn unknown(quest: &Quest, why: &str) -> QuestGrade {
    QuestGrade {
        number: quest.number,
        state: State::InfraError,
        detail: why.to_owned(),
        earned: None,
        tests: Vec::new(),
        file: None,
    }
}

/// A judgement as the reports tell it.
fn in_words(quest: &Quest, judgement: &Judgement, file: &[u8], drawn_from: u64) -> QuestGrade {
    let disturbed = judgement.tests().iter().find_map(|judged| match &judged.verdict {
        Verdict::Disturbed { how } => Some(format!("The test {} told nothing: {how}.", judged.name)),
        Verdict::Missing => Some(format!("The test {} is missing in what was built.", judged.name)),
        _ => None,
    });
    if let Some(why) = disturbed {
        return unknown(quest, &why);
    }
    let source = str::from_utf8(file).unwrap_or_default();
    let shown = shown(quest);
    let tests = quest.tests().zip(judgement.tests()).map(|((_, test), judged)| {
        let source = Some(Source { file: &shown, text: source });
        let whole_lines = match &judged.verdict {
            Verdict::Wrong { expected, seen } => {
                Verdict::Wrong { expected: told::without_sentences(expected), seen: told::without_sentences(seen) }
            }
            verdict => verdict.clone(),
        };
        let reason = Reason { quest, test, verdict: &whole_lines, notes: &judged.notes, source };
        let (expected, seen) = match &judged.verdict {
            Verdict::Wrong { expected, seen } => (Some(expected.clone()), Some(seen.clone())),
            _ => (None, None),
        };
        TestGrade {
            name: judged.name.clone(),
            earned: if judged.verdict.passed() { judged.points } else { 0 },
            verdict: judged.verdict.name().to_owned(),
            why: as_in_the_course(&look::plain(&reason.render(None)), quest, test, drawn_from).trim_end().to_owned(),
            expected,
            seen,
            output: as_in_the_course(&look::plain(&reason::last_lines(&judged.output)), quest, test, drawn_from),
        }
    });
    let detail = match judgement {
        Judgement::DoesNotCompile(errors) => without_stage(&look::plain(&reason::compiler(errors))),
        Judgement::Unreadable(why) => why.clone(),
        Judgement::Refused(refused) => format!("{shown}, {refused}"),
        Judgement::Observed(_) => String::new(),
    };
    QuestGrade {
        number: quest.number,
        state: match judgement.progress() {
            Progress::Green => State::Passed,
            Progress::NotStarted => State::NotStarted,
            Progress::Underway => State::Underway,
            Progress::Red => State::Red,
            Progress::DoesNotCompile => State::DoesNotCompile,
            Progress::Unreadable => State::Unreadable,
            Progress::Refused => State::Refused,
        },
        detail: detail.trim_end().to_owned(),
        earned: Some(judgement.points()),
        tests: tests.collect(),
        file: Some(fingerprint::of(file)),
    }
}

/// The learner's file as messages name it, on the stage as in the learner's own copy.
fn shown(quest: &Quest) -> String {
    format!("{}/src/learner.rs", quest.package)
}

/// A text about a test, with the name and the place that it has in the learner's copy.
fn as_in_the_course(words: &str, quest: &Quest, test: &Test, drawn_from: u64) -> String {
    without_stage(&words.replace(&stage::test_path(quest, drawn_from, &test.name), &test.name))
}

/// The tests lie elsewhere on the stage than in the learner's copy.
fn without_stage(text: &str) -> String {
    text.replace(&format!("{}/../", stage::PROGRAM), "")
}
