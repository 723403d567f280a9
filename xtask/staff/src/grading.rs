//! One submission, graded: what is known already is taken from the store, the rest is built, observed and judged.

use crate::building::{Builder, Outcome};
use crate::confine::Policy;
use crate::expected::Expected;
use crate::fingerprint;
use crate::model::{Graded, QuestGrade, State, TestGrade};
use crate::places::Places;
use crate::stage;
use crate::store::{Keys, Store};
use crate::submissions::Submission;
use crate::told;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xtask::course::{Course, Quest, Test};
use xtask::engine::precheck::{self, Rejection};
use xtask::engine::test_runner::{TestEnv, TestJob, run_one};
use xtask::engine::verdict::{Judgement, QuestStatus, TestResult, Verdict};
use xtask::report::reason::{self, Reason, SourceFile};
use xtask::terminal::style::plain;

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
        let wanted = self.course.quests.iter().filter(|quest| open.contains(quest.number));
        let files: BTreeMap<u32, &[u8]> = wanted
            .flat_map(|quest| self.course.needed_by(quest).chain([quest]))
            .filter_map(|quest| Some((quest.number, file(submission, quest).ok()?)))
            .collect();
        let outcome = bench.builder.build(&files)?;
        let mut doubtful = Vec::new();
        let mut problem = None;
        for (quest, file) in self.open_quests(open, &files) {
            match self.judge(quest, file, &outcome, bench) {
                Ok(Found::Doubtful) => doubtful.push((quest, file)),
                found => self.settle(graded, open, quest, self.told(quest, file, found, bench), &mut problem)?,
            }
        }
        // What one quest takes, such as memory for its statics, may be what another one lacked in their common program.
        let together: BTreeMap<u32, &[u8]> =
            files.into_iter().filter(|(number, _)| outcome.together.contains(number)).collect();
        for (quest, file) in doubtful {
            let alone = bench.builder.build_alone(quest.number, &together);
            let found = alone.and_then(|alone| self.judge(quest, file, &alone, bench));
            self.settle(graded, open, quest, self.told(quest, file, found, bench), &mut problem)?;
        }
        problem.map_or(Ok(()), Err)
    }

    /// The quests that are to be graded, with their files. Others were built only because these run on them.
    fn open_quests<'f>(
        &self,
        open: &Open,
        files: &BTreeMap<u32, &'f [u8]>,
    ) -> impl Iterator<Item = (&Quest, &'f [u8])> {
        let quests = self.course.quests.iter().filter(|quest| open.keys.contains_key(&quest.number));
        quests.filter_map(|quest| Some((quest, *files.get(&quest.number)?)))
    }

    /// What was found out about a quest as the reports tell it, and the problem of the machine's, if that is what it was.
    fn told(
        &self,
        quest: &Quest,
        file: &[u8],
        found: anyhow::Result<Found>,
        bench: &Bench,
    ) -> (QuestGrade, Option<anyhow::Error>) {
        let (mut told, problem) = match found {
            Ok(Found::Judged(judgement)) => (in_words(quest, &judgement, file, self.seed), None),
            Ok(Found::Unknown(why)) => (unknown(quest, &why), None),
            Ok(Found::Doubtful) => (unknown(quest, "Its tests could not be run on their own."), None),
            Err(error) => (unknown(quest, &format!("{error:#}")), Some(error)),
        };
        let places = Places::of(&self.course.root, &bench.builder.stage.folder).with_toolchain(&bench.builder.sysroot);
        places.left_out_of(&mut told);
        (told.bounded(), problem)
    }

    /// Notes and stores what was found out about a quest; the first problem of the machine's stays in `first`.
    fn settle(
        &self,
        graded: &mut Graded,
        open: &Open,
        quest: &Quest,
        (told, problem): (QuestGrade, Option<anyhow::Error>),
        first: &mut Option<anyhow::Error>,
    ) -> anyhow::Result<()> {
        if let Some(problem) = problem {
            first.get_or_insert(problem);
        }
        if let Some(key) = open.keys.get(&quest.number)
            && told.state != State::InfraError
        {
            self.store.put(key, &told)?;
        }
        if let Some(slot) = graded.quests.iter_mut().find(|slot| slot.number == quest.number) {
            *slot = told;
        }
        Ok(())
    }

    /// What can be said about a quest after this build. A quest that fails in a program that it shares with others is doubtful.
    fn judge(&self, quest: &Quest, file: &[u8], outcome: &Outcome, bench: &Bench) -> anyhow::Result<Found> {
        if let Some(why) = outcome.unknown.get(&quest.number) {
            return Ok(Found::Unknown(why.clone()));
        }
        if let Some(errors) = outcome.broken.get(&quest.number) {
            return Ok(Found::Judged(Judgement::DoesNotCompile(errors.clone())));
        }
        if !outcome.programs.contains_key(&quest.package) {
            return Ok(Found::Judged(Judgement::Observed(Vec::new())));
        }
        let is_shared = outcome.is_shared(quest);
        // Of the stub it is known what it does.
        let is_stub = is_shared && fs::read(quest.stub()).is_ok_and(|stub| stub == file);
        let judged = self.observe(quest, outcome, bench, is_shared && !is_stub)?;
        let is_not_started = |judged: &TestResult| matches!(judged.verdict, Verdict::NotStarted { .. });
        let is_certain =
            judged.iter().all(|judged| judged.verdict.passed()) || (is_stub && judged.iter().all(is_not_started));
        Ok(if is_shared && !is_certain { Found::Doubtful } else { Found::Judged(Judgement::Observed(judged)) })
    }

    /// The verdicts of a quest's tests; if asked for, only up to the first that did not pass.
    fn observe(
        &self,
        quest: &Quest,
        outcome: &Outcome,
        bench: &Bench,
        until_red: bool,
    ) -> anyhow::Result<Vec<TestResult>> {
        let mut verdicts: Vec<TestResult> = Vec::new();
        for (_, test) in quest.tests() {
            let expected = bench.expected.snapshot(quest, &test.name);
            let judged = self.run(quest, test, outcome, bench, expected, None)?;
            let passed = judged.verdict.passed();
            verdicts.push(judged);
            if until_red && !passed {
                return Ok(verdicts);
            }
        }
        // The scenario passes if every one that is drawn does. After one that fails, none is drawn.
        let Some(scenario) = quest.scenario() else { return Ok(verdicts) };
        for (seed, expected) in bench.expected.hidden(quest) {
            let Some(last) = verdicts.last_mut().filter(|last| last.name == scenario.name && last.verdict.passed())
            else {
                break;
            };
            *last = self.run(quest, scenario, outcome, bench, expected, Some(*seed))?;
        }
        Ok(verdicts)
    }

    /// Runs one test.
    fn run(
        &self,
        quest: &Quest,
        test: &Test,
        outcome: &Outcome,
        bench: &Bench,
        expected: &str,
        seed: Option<u64>,
    ) -> anyhow::Result<TestResult> {
        let package = quest.package_of(test);
        let Some(program) = outcome.programs.get(&package.name) else {
            return Ok(TestResult::not_built(test, outcome.errors.get(&package.name).cloned().unwrap_or_default()));
        };
        let job = TestJob {
            program: program.clone(),
            folder: bench.builder.stage.folder_of(self.course, package),
            test,
            path: stage::test_path(quest, self.seed, test),
            expected: expected.to_owned(),
            seed,
        };
        let env = TestEnv {
            workers: 1,
            temporary: self.temporary.clone(),
            environment: false,
            confinement: if self.confined { confinement } else { |_, _| String::new() },
        };
        // What a test says may be long, and is cut before the next one speaks.
        Ok(told::in_brief(run_one(&job, &env)?))
    }
}

/// What was found out about a quest.
enum Found {
    Judged(Judgement),
    /// Nothing, through no fault of the quest's: why not.
    Unknown(String),
    /// It failed beside other quests, and is to be judged on its own.
    Doubtful,
}

/// The file of a quest if it can be built; else what becomes of the quest without building.
fn file<'s>(submission: &'s Submission, quest: &Quest) -> Result<&'s [u8], QuestGrade> {
    let Some(file) = submission.files.as_ref().ok().and_then(|files| files.get(&quest.number)) else {
        return Err(QuestGrade { state: State::NotHandedIn, earned: Some(0), ..unknown(quest, "") });
    };
    match precheck::check(file, &shown(quest)) {
        Some(rejection) => Err(in_words(quest, &Judgement::Rejected(rejection), file, 0).bounded()),
        None => Ok(file),
    }
}

/// A test reads the system's libraries and its program; it writes its temporary files.
fn confinement(job: &TestJob, temporary: &Path) -> String {
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
        let source = Some(SourceFile { file: &shown, text: source });
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
            why: as_in_the_course(&plain(&reason.render(None)), quest, test, drawn_from).trim_end().to_owned(),
            expected,
            seen,
            output: as_in_the_course(&plain(&reason::last_lines(&judged.output)), quest, test, drawn_from),
        }
    });
    let detail = match judgement {
        Judgement::DoesNotCompile(errors) => without_stage(&plain(&reason::compiler(errors))),
        Judgement::Rejected(Rejection::Unreadable(why)) => why.clone(),
        Judgement::Rejected(Rejection::Forbidden(forbidden)) => format!("{shown}, {forbidden}"),
        Judgement::Observed(_) => String::new(),
    };
    QuestGrade {
        number: quest.number,
        state: match judgement.status() {
            QuestStatus::Green => State::Passed,
            QuestStatus::NotStarted => State::NotStarted,
            QuestStatus::Underway => State::Underway,
            QuestStatus::Red => State::Red,
            QuestStatus::DoesNotCompile => State::DoesNotCompile,
            QuestStatus::Rejected if matches!(judgement, Judgement::Rejected(Rejection::Unreadable(_))) => {
                State::Unreadable
            }
            QuestStatus::Rejected => State::Refused,
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
    without_stage(&words.replace(&stage::test_path(quest, drawn_from, test), &test.name))
}

/// The tests lie elsewhere on the stage than in the learner's copy.
fn without_stage(text: &str) -> String {
    text.replace(&format!("{}/../", stage::PROGRAM), "")
}
