//! Grades one submission: known results come from the store; the rest is built, run and judged.
//!
//! A quest that fails in the common test program is built and judged once more on its own: what another quest of the
//! submission takes, such as memory for its statics, must not change a verdict that is stored and served to others. A
//! pass needs no such confirmation, since no code of another quest runs in this quest's tests.

pub mod quest_grade;

use crate::bounds;
use crate::building::{SubmissionBuild, SubmissionBuilder};
use crate::confine::Policy;
use crate::expected::Expectations;
use crate::local_paths::LocalPaths;
use crate::model::{GradedSubmission, Intake, QuestGrade, QuestState};
use crate::points::Points;
use crate::stage::submission::test_path;
use crate::store::{Keys, Store};
use crate::submissions::{HandIn, Submission};
use quest_grade::{in_words, shown, unknown};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xtask::course::{Course, Quest, Test};
use xtask::engine::precheck;
use xtask::engine::test_runner::{TestEnv, TestJob, run_one};
use xtask::engine::verdict::{Judgement, TestResult, Verdict};

/// What grading needs for every submission.
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

/// What a worker needs to build and run submissions.
#[derive(Debug)]
pub struct BuildContext<'a> {
    pub builder: SubmissionBuilder<'a>,
    pub expected: Arc<Expectations>,
}

/// The quests of a submission that are not in the store yet.
#[derive(Debug)]
pub struct Ungraded {
    /// The key for the result of each quest.
    keys: BTreeMap<u32, String>,
}

impl Ungraded {
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub fn contains(&self, quest: u32) -> bool {
        self.keys.contains_key(&quest)
    }
}

impl Grader<'_> {
    /// The results that need no build, and the quests that are left.
    pub fn look_up(&self, submission: &Submission) -> (GradedSubmission, Ungraded) {
        let mut quests = Vec::new();
        let mut ungraded = Ungraded { keys: BTreeMap::new() };
        for quest in &self.course.quests {
            let known = match (file(submission, quest), needs_unread(self.course, submission, quest)) {
                (Err(known), _) => known,
                (Ok(_), Some(needed)) => {
                    let why = format!("Its tests need quest {}, which may be in what was not read.", needed.number);
                    not_read(quest, &why)
                }
                (Ok(source), None) => {
                    let needed: Vec<Option<&[u8]>> =
                        self.course.needed_by(quest).map(|needed| file(submission, needed).ok()).collect();
                    let key = self.keys.key(quest.number, source, &needed);
                    self.store.get(&key).unwrap_or_else(|| {
                        ungraded.keys.insert(quest.number, key);
                        unknown(quest, "Not graded yet.")
                    })
                }
            };
            quests.push(known);
        }
        let HandIn { intake, problem, remarks, .. } = submission.hand_in.clone();
        let (id, learner) = (submission.id.clone(), submission.learner.clone());
        let (submitted, adjustments) = (submission.submitted.clone(), Vec::new());
        (GradedSubmission { id, learner, intake, problem, remarks, submitted, adjustments, quests }, ungraded)
    }

    /// Grades what is left, and stores the results.
    pub fn finish(
        &self,
        submission: &Submission,
        graded: &mut GradedSubmission,
        ungraded: &Ungraded,
        context: &BuildContext,
    ) -> anyhow::Result<()> {
        if ungraded.is_empty() {
            return Ok(());
        }
        let wanted = self.course.quests.iter().filter(|quest| ungraded.keys.contains_key(&quest.number));
        let files: BTreeMap<u32, &[u8]> = wanted
            .flat_map(|quest| self.course.needed_by(quest).chain([quest]))
            .filter_map(|quest| Some((quest.number, file(submission, quest).ok()?)))
            .collect();
        let outcome = context.builder.build(&files)?;
        let mut retries = Vec::new();
        let mut problem = None;
        for (quest, file) in self.ungraded_quests(ungraded, &files) {
            match self.judge(quest, file, &outcome, context) {
                Ok(QuestOutcome::RetryAlone) => retries.push((quest, file)),
                found => self.settle(graded, ungraded, quest, self.grade(quest, file, found, context), &mut problem)?,
            }
        }
        // In a shared program, one quest can take what another needs, such as memory for statics.
        let together: BTreeMap<u32, &[u8]> =
            files.into_iter().filter(|(number, _)| outcome.together.contains(number)).collect();
        for (quest, file) in retries {
            let alone = context.builder.build_alone(quest.number, &together);
            let found = alone.and_then(|alone| self.judge(quest, file, &alone, context));
            self.settle(graded, ungraded, quest, self.grade(quest, file, found, context), &mut problem)?;
        }
        problem.map_or(Ok(()), Err)
    }

    /// The quests to grade, with their files. Other quests were built only because these depend on them.
    fn ungraded_quests<'f>(
        &self,
        ungraded: &Ungraded,
        files: &BTreeMap<u32, &'f [u8]>,
    ) -> impl Iterator<Item = (&Quest, &'f [u8])> {
        let quests = self.course.quests.iter().filter(|quest| ungraded.keys.contains_key(&quest.number));
        quests.filter_map(|quest| Some((quest, *files.get(&quest.number)?)))
    }

    /// The outcome of a quest as reports present it, and the error if the machine failed.
    fn grade(
        &self,
        quest: &Quest,
        file: &[u8],
        found: anyhow::Result<QuestOutcome>,
        context: &BuildContext,
    ) -> (QuestGrade, Option<anyhow::Error>) {
        let (mut grade, problem) = match found {
            Ok(QuestOutcome::Judged(judgement)) => (in_words(quest, &judgement, file, self.seed), None),
            Ok(QuestOutcome::Unknown(why)) => (unknown(quest, &why), None),
            Ok(QuestOutcome::RetryAlone) => (unknown(quest, "Its tests could not be run in a separate program."), None),
            Err(error) => (unknown(quest, &format!("{error:#}")), Some(error)),
        };
        let local_paths =
            LocalPaths::of(&self.course.root, &context.builder.stage.folder).with_toolchain(&context.builder.sysroot);
        local_paths.redact_quest(&mut grade);
        (grade.bounded(), problem)
    }

    /// Records and stores the grade of a quest. `first` keeps the first error of the machine.
    fn settle(
        &self,
        graded: &mut GradedSubmission,
        ungraded: &Ungraded,
        quest: &Quest,
        (grade, problem): (QuestGrade, Option<anyhow::Error>),
        first: &mut Option<anyhow::Error>,
    ) -> anyhow::Result<()> {
        if let Some(problem) = problem {
            first.get_or_insert(problem);
        }
        if let Some(key) = ungraded.keys.get(&quest.number)
            && grade.state != QuestState::InfraError
        {
            self.store.put(key, &grade)?;
        }
        if let Some(slot) = graded.quests.iter_mut().find(|slot| slot.number == quest.number) {
            *slot = grade;
        }
        Ok(())
    }

    /// Judges a quest after this build. A failure in a shared program does not count until the quest has failed alone.
    fn judge(
        &self,
        quest: &Quest,
        file: &[u8],
        outcome: &SubmissionBuild,
        context: &BuildContext,
    ) -> anyhow::Result<QuestOutcome> {
        if let Some(why) = outcome.unknown.get(&quest.number) {
            return Ok(QuestOutcome::Unknown(why.clone()));
        }
        if let Some(errors) = outcome.broken.get(&quest.number) {
            return Ok(QuestOutcome::Judged(Judgement::DoesNotCompile(errors.clone())));
        }
        if !outcome.programs.contains_key(&quest.package) {
            return Ok(QuestOutcome::Unknown("cargo reported no test program for it".to_owned()));
        }
        let is_shared = outcome.is_shared(quest);
        // The result of the stub is known.
        let is_stub = is_shared && fs::read(quest.stub()).is_ok_and(|stub| stub == file);
        let judged = self.observe(quest, outcome, context, is_shared && !is_stub)?;
        let is_not_started = |judged: &TestResult| matches!(judged.verdict, Verdict::NotStarted { .. });
        let is_certain =
            judged.iter().all(|judged| judged.verdict.passed()) || (is_stub && judged.iter().all(is_not_started));
        Ok(if is_shared && !is_certain {
            QuestOutcome::RetryAlone
        } else {
            QuestOutcome::Judged(Judgement::Observed(judged))
        })
    }

    /// The verdicts of a quest's tests; with `until_red`, only up to the first failure.
    fn observe(
        &self,
        quest: &Quest,
        outcome: &SubmissionBuild,
        context: &BuildContext,
        until_red: bool,
    ) -> anyhow::Result<Vec<TestResult>> {
        let mut verdicts: Vec<TestResult> = Vec::new();
        for (_, test) in quest.tests() {
            let expected = context.expected.snapshot(quest, &test.name);
            let judged = self.run(quest, test, outcome, context, expected, None)?;
            let passed = judged.verdict.passed();
            verdicts.push(judged);
            if until_red && !passed {
                return Ok(verdicts);
            }
        }
        // The scenario passes if it passes for every seed. After a failure, the other seeds are skipped.
        let Some(scenario) = quest.scenario() else { return Ok(verdicts) };
        for (seed, expected) in context.expected.hidden(quest) {
            let Some(last) = verdicts.last_mut().filter(|last| last.name == scenario.name && last.verdict.passed())
            else {
                break;
            };
            *last = self.run(quest, scenario, outcome, context, expected, Some(*seed))?;
        }
        Ok(verdicts)
    }

    /// Runs one test.
    fn run(
        &self,
        quest: &Quest,
        test: &Test,
        outcome: &SubmissionBuild,
        context: &BuildContext,
        expected: &str,
        seed: Option<u64>,
    ) -> anyhow::Result<TestResult> {
        let package = quest.package_of(test);
        let Some(program) = outcome.programs.get(&package.name) else {
            return Ok(TestResult::not_built(test, outcome.errors.get(&package.name).cloned().unwrap_or_default()));
        };
        let job = TestJob {
            program: program.clone(),
            folder: context.builder.stage.folder_of(self.course, package),
            test,
            path: test_path(quest, self.seed, test),
            expected: expected.to_owned(),
            seed,
        };
        let room = TestEnv {
            workers: 1,
            temporary: self.temporary.clone(),
            environment: false,
            confinement: if self.confined { confinement } else { |_, _| String::new() },
        };
        // Shortened right away: the output of every test would take too much memory.
        Ok(bounds::abridged(run_one(&job, &room)?))
    }
}

/// The outcome of a quest.
enum QuestOutcome {
    Judged(Judgement),
    /// No verdict, through no fault of the quest; the reason.
    Unknown(String),
    /// It failed in a program that it shares with other quests, and must be judged in one of its own.
    RetryAlone,
}

/// The file of a quest if it can be built, else the grade that needs no build.
fn file<'s>(submission: &'s Submission, quest: &Quest) -> Result<&'s [u8], QuestGrade> {
    let Some(file) = submission.hand_in.files.get(&quest.number) else {
        if let Some(why) = &submission.hand_in.unread {
            return Err(not_read(quest, &format!("It may be in what was not read: {why}.")));
        }
        let (state, earned) = match submission.hand_in.intake {
            Intake::Accepted => (QuestState::NotHandedIn, Some(Points::ZERO)),
            // Whether the absent get a zero is the teacher's decision.
            Intake::Missing => (QuestState::NotHandedIn, None),
            Intake::NotRecognized | Intake::Unreadable | Intake::Undecided => (QuestState::NotRead, None),
        };
        return Err(QuestGrade { state, earned, ..unknown(quest, "") });
    };
    match precheck::check(file, &shown(quest)) {
        Some(rejection) => Err(in_words(quest, &Judgement::Rejected(rejection), file, 0).bounded()),
        None => Ok(file),
    }
}

fn not_read(quest: &Quest, why: &str) -> QuestGrade {
    QuestGrade { state: QuestState::NotRead, ..unknown(quest, why) }
}

/// The quest that this one needs and that may be in what was not read: without it, its tests say nothing certain.
fn needs_unread<'c>(course: &'c Course, submission: &Submission, quest: &'c Quest) -> Option<&'c Quest> {
    let files = &submission.hand_in.files;
    submission.hand_in.unread.as_ref()?;
    course.needed_by(quest).find(|needed| !files.contains_key(&needed.number))
}

/// A test may read the system's libraries and its own program, and write temporary files.
fn confinement(job: &TestJob, temporary: &Path) -> String {
    let mut policy = Policy::of_program(job.program.clone());
    policy.write.push(temporary.to_owned());
    policy.words()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submissions::FoundSubmission;
    use crate::submissions::SubmissionPath::Missing;

    fn submission(numbers: &[u32], unread: Option<&str>) -> Submission {
        let files = numbers.iter().map(|number| (*number, b"fn f() {}".to_vec())).collect();
        let hand_in = HandIn { unread: unread.map(str::to_owned), ..HandIn::of(files) };
        Submission { hand_in, ..FoundSubmission::new(Missing).read(&[]) }
    }

    #[test]
    fn a_quest_that_may_be_in_what_was_not_read_has_no_score_instead_of_zero() {
        let course = Course::find().unwrap();
        let (six, seven) = (&course.quests[5], &course.quests[6]);
        let known = file(&submission(&[7], None), six).unwrap_err();
        assert_eq!((known.state, known.earned), (QuestState::NotHandedIn, Some(Points::ZERO)));
        let partly = submission(&[7], Some("`hw.rar` was not read"));
        let unknown = file(&partly, six).unwrap_err();
        assert_eq!((unknown.state, unknown.earned), (QuestState::NotRead, None));
        assert!(unknown.detail.contains("`hw.rar` was not read"), "{}", unknown.detail);
        // Quest 7 is tested on the loop of quest 6.
        assert!(file(&partly, seven).is_ok());
        let needs = |submission: &Submission| needs_unread(&course, submission, seven).map(|quest| quest.number);
        assert_eq!(needs(&partly), Some(6));
        assert_eq!(needs(&submission(&[7], None)), None);
        assert_eq!(needs(&submission(&[6, 7], Some("`hw.rar` was not read"))), None);
    }
}
