//! Builds the quests of a submission, and finds out which of them do not compile.

use crate::confine::compiler;
use crate::stage::Stage;
use crate::stage::submission::PROGRAM;
use crate::toolchain::Toolchain;
use anyhow::{Context as _, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use xtask::course::{Course, Quest};
use xtask::engine::cargo_build::{self, BuildOutput, BuildRequest, CompilerKilled, Diagnostic, Isolation, TargetKind};
use xtask::engine::machine_lock;
use xtask::engine::remove_tree::remove_tree;

pub mod policy;

/// Builds submissions on a stage.
#[derive(Debug)]
pub struct SubmissionBuilder<'a> {
    pub course: &'a Course,
    pub stage: Stage,
    /// The compiler's folder.
    pub sysroot: PathBuf,
    /// Where compilers and linkers keep their temporary files. It is there only during a build.
    temporary: PathBuf,
    isolation: Isolation,
}

/// How to build the submissions of a class.
#[derive(Debug, Clone, Copy)]
pub struct BuildPlan {
    /// Submissions at once.
    pub builders: usize,
    /// Compilers at once, for each.
    pub jobs: usize,
    pub seed: u64,
    pub confined: bool,
}

/// The result of building a submission.
#[derive(Debug, Default)]
pub struct SubmissionBuild {
    /// The test program of each quest that compiles.
    pub programs: BTreeMap<u32, PathBuf>,
    pub broken: BTreeMap<u32, Vec<Diagnostic>>,
    /// Quests that could not be built, through no fault of theirs, and why.
    pub unknown: BTreeMap<u32, String>,
    /// The quests that share one test program.
    pub together: BTreeSet<u32>,
}

impl SubmissionBuild {
    /// Whether the quest's test program holds the code of a quest, too, on which its tests do not run.
    pub fn is_shared(&self, course: &Course, quest: &Quest) -> bool {
        let has_reason =
            |other: &u32| *other == quest.number || course.needed_by(quest).any(|needed| needed.number == *other);
        self.together.contains(&quest.number) && !self.together.iter().all(has_reason)
    }
}

impl<'a> SubmissionBuilder<'a> {
    /// A builder that works by this plan.
    pub fn new(
        course: &'a Course,
        stage: Stage,
        temporary: PathBuf,
        toolchain: &Toolchain,
        plan: &BuildPlan,
    ) -> anyhow::Result<Self> {
        make_folder(&stage.target())?;
        let mut environment = toolchain.environment(&temporary);
        let mut confinement = String::new();
        if plan.confined {
            let compiler = policy::of_compiler(&course.root, &stage, toolchain, &temporary);
            environment.extend(compiler::stand_in(&toolchain.rustc(), &compiler)?);
            confinement = policy::of_cargo(compiler, &stage, toolchain)?.words();
        }
        let isolation = Isolation { cargo: toolchain.cargo(), confinement, environment, jobs: plan.jobs };
        Ok(Self { course, stage, sysroot: toolchain.folder.clone(), temporary, isolation })
    }

    /// Builds these quests. One that does not compile affects no other.
    pub fn build(&self, files: &BTreeMap<u32, &[u8]>) -> anyhow::Result<SubmissionBuild> {
        let mut left = files.clone();
        let mut outcome = SubmissionBuild::default();
        while !left.is_empty() {
            let tested: BTreeSet<u32> = left.keys().copied().collect();
            let built = match self.build_together(&left, &tested) {
                Err(error) if was_killed(&error) => {
                    self.build_apart(&left, &mut outcome)?;
                    return Ok(outcome);
                }
                built => built?,
            };
            if let Some(program) = program(&built) {
                outcome.programs.extend(left.keys().map(|number| (*number, program.clone())));
                outcome.together = tested;
                return Ok(outcome);
            }
            let mut blamed = self.blamed(&built, left.keys());
            self.acquit(&mut blamed);
            if blamed.is_empty() {
                self.build_apart(&left, &mut outcome)?;
                return Ok(outcome);
            }
            let mut callers = left.clone();
            callers.retain(|number, _| blamed.contains_key(number) && self.may_fail_by_a_call(&built, *number, &left));
            left.retain(|number, _| !blamed.contains_key(number));
            blamed.retain(|number, _| !callers.contains_key(number));
            outcome.broken.extend(blamed);
            self.build_apart(&callers, &mut outcome)?;
        }
        Ok(outcome)
    }

    /// Builds the course with its stubs. If that fails, no submission can be built.
    pub fn build_the_stubs(&self) -> anyhow::Result<()> {
        let stub = |quest: &Quest| {
            let path = quest.stub();
            let stub = fs::read(&path).with_context(|| format!("could not read {}", path.display()))?;
            Ok((quest.number, stub))
        };
        let stubs: Vec<(u32, Vec<u8>)> = self.course.quests.iter().map(stub).collect::<anyhow::Result<_>>()?;
        let outcome = self.build(&stubs.iter().map(|(number, stub)| (*number, stub.as_slice())).collect())?;
        if let Some((number, errors)) = outcome.broken.iter().next() {
            let words: String = errors.iter().map(|error| error.rendered.as_str()).collect();
            bail!("the course itself does not build: the stub of quest {number} does not compile\n{words}");
        }
        if let Some(why) = outcome.unknown.into_values().next() {
            bail!(why);
        }
        Ok(())
    }

    /// Builds one of these quests on its own, into a program in which no other's code is but what it runs on. The others stay on
    /// the stage, so that their libraries need not be built again.
    pub fn build_alone(&self, number: u32, files: &BTreeMap<u32, &[u8]>) -> anyhow::Result<SubmissionBuild> {
        let mut outcome = SubmissionBuild::default();
        match self.build_together(files, &BTreeSet::from([number])) {
            Ok(built) if program(&built).is_some() => self.keep(number, &built, &mut outcome)?,
            Err(error) if !was_killed(&error) => return Err(error),
            // Another quest's library may be what fails now.
            _ => self.build_apart(&self.with_needed(number, files), &mut outcome)?,
        }
        outcome.programs.retain(|other, _| *other == number);
        outcome.broken.retain(|other, _| *other == number);
        outcome.unknown.retain(|other, _| *other == number);
        Ok(outcome)
    }

    /// Builds a program that tests some of these quests. What fails without a word about any line is built once more, with nothing
    /// beside it: a neighbour may have taken the memory that the compiler needed.
    fn build_together(&self, files: &BTreeMap<u32, &[u8]>, tested: &BTreeSet<u32>) -> anyhow::Result<BuildOutput> {
        let first = machine_lock::shared(|| self.build_once(files, tested));
        let is_doubtful = match &first {
            Ok(built) => program(built).is_none() && built.failed_for_no_line(),
            Err(error) => was_killed(error),
        };
        if is_doubtful { machine_lock::exclusive(|| self.build_once(files, tested)) } else { first }
    }

    fn build_once(&self, files: &BTreeMap<u32, &[u8]>, tested: &BTreeSet<u32>) -> anyhow::Result<BuildOutput> {
        self.stage.put(self.course, files, tested)?;
        let quests: Vec<&Quest> = self.course.quests.iter().filter(|quest| files.contains_key(&quest.number)).collect();
        let has_needed = |quest: &Quest| self.course.needed_by(quest).any(|needed| files.contains_key(&needed.number));
        let needs = quests.iter().map(|quest| quest.package.clone()).collect();
        make_folder(&self.temporary)?;
        let built = cargo_build::build(&BuildRequest {
            root: &self.stage.folder,
            target: self.stage.target(),
            packages: vec![PROGRAM.to_owned()],
            features: if quests.iter().any(|quest| has_needed(quest)) {
                vec!["your-loop".to_owned()]
            } else {
                Vec::new()
            },
            needs: BTreeMap::from([(PROGRAM.to_owned(), needs)]),
            default_features: true,
            what: TargetKind::Tests,
            isolation: Some(self.isolation.clone()),
        });
        // A compiler that was killed leaves its files there.
        remove_tree(&self.temporary)
            .with_context(|| format!("could not remove the folder {}", self.temporary.display()))?;
        built
    }

    /// The quests with errors: in their library, or in their tests that call it.
    fn blamed<'b>(
        &self,
        built: &BuildOutput,
        numbers: impl Iterator<Item = &'b u32>,
    ) -> BTreeMap<u32, Vec<Diagnostic>> {
        let numbers: BTreeSet<&u32> = numbers.collect();
        let mut blamed: BTreeMap<u32, Vec<Diagnostic>> = BTreeMap::new();
        for quest in self.course.quests.iter().filter(|quest| numbers.contains(&quest.number)) {
            let of_library = built.packages.get(&quest.package).into_iter().flat_map(|package| &package.errors);
            let of_program = built.packages.get(PROGRAM).into_iter().flat_map(|package| &package.errors);
            let of_tests = of_program.filter(|error| {
                error
                    .location
                    .as_ref()
                    .is_some_and(|location| location.file.split('/').any(|part| part == quest.package))
            });
            let errors: Vec<Diagnostic> = of_library.chain(of_tests).cloned().collect();
            if !errors.is_empty() {
                blamed.insert(quest.number, errors);
            }
        }
        blamed
    }

    /// Takes out the quests whose tests run on another's code that is blamed itself: that may be all that is wrong with them.
    /// The next build, without that code, tells.
    fn acquit(&self, blamed: &mut BTreeMap<u32, Vec<Diagnostic>>) {
        let guilty: BTreeSet<u32> = blamed.keys().copied().collect();
        for quest in &self.course.quests {
            if self.course.needed_by(quest).any(|needed| guilty.contains(&needed.number)) {
                blamed.remove(&quest.number);
            }
        }
    }

    /// Whether nothing may be wrong with a quest that failed, but for the one test that calls another quest's code: that
    /// compiles, and not as it is called. Without that code the quest has lost only this test, as in `check`.
    fn may_fail_by_a_call(&self, built: &BuildOutput, number: u32, files: &BTreeMap<u32, &[u8]>) -> bool {
        let quest = self.course.quests.iter().find(|quest| quest.number == number);
        quest.is_some_and(|quest| {
            let library_is_right = built.packages.get(&quest.package).is_none_or(|library| library.errors.is_empty());
            library_is_right && self.course.needed_by(quest).any(|needed| files.contains_key(&needed.number))
        })
    }

    /// One program a quest: where nobody could be blamed, as when the compiler itself gives up, or where a quest is to be
    /// built without what it calls.
    fn build_apart(&self, files: &BTreeMap<u32, &[u8]>, outcome: &mut SubmissionBuild) -> anyhow::Result<()> {
        for number in files.keys() {
            let mine = self.with_needed(*number, files);
            let tested = BTreeSet::from([*number]);
            let mut built = self.build_together(&mine, &tested);
            if mine.len() > 1 && built.as_ref().is_ok_and(|built| program(built).is_none()) {
                built = self.build_together(&BTreeMap::from([(*number, files[number])]), &tested);
            }
            match built {
                Ok(built) if program(&built).is_some() => self.keep(*number, &built, outcome)?,
                Ok(built) => {
                    let errors = built.packages.into_values().flat_map(|package| package.errors).collect();
                    outcome.broken.insert(*number, errors);
                }
                Err(error) if was_killed(&error) => {
                    outcome.unknown.insert(*number, format!("{error:#}"));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The file of a quest, and those that its tests run on.
    fn with_needed<'f>(&self, number: u32, files: &BTreeMap<u32, &'f [u8]>) -> BTreeMap<u32, &'f [u8]> {
        let quest = self.course.quests.iter().find(|quest| quest.number == number);
        let needed: BTreeSet<u32> =
            quest.into_iter().flat_map(|quest| self.course.needed_by(quest)).map(|needed| needed.number).collect();
        let wanted = |other: &u32| *other == number || needed.contains(other);
        files.iter().filter(|(other, _)| wanted(other)).map(|(other, file)| (*other, *file)).collect()
    }

    /// Copies the program of a quest that was built alone: the next build overwrites it.
    fn keep(&self, number: u32, built: &BuildOutput, outcome: &mut SubmissionBuild) -> anyhow::Result<()> {
        if let Some(program) = program(built) {
            let kept = self.stage.target().join(format!("alone-{number:02}"));
            fs::copy(&program, &kept).with_context(|| format!("could not write {}", kept.display()))?;
            outcome.programs.insert(number, kept);
        }
        Ok(())
    }
}

fn was_killed(error: &anyhow::Error) -> bool {
    error.downcast_ref::<CompilerKilled>().is_some()
}

fn make_folder(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("could not make the folder {}", folder.display()))
}

fn program(built: &BuildOutput) -> Option<PathBuf> {
    built.packages.get(PROGRAM)?.program.clone()
}
