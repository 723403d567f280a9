//! Builds the quests of a submission, and finds out which of them do not compile.

use crate::confine::compiler;
use crate::stage::Stage;
use crate::stage::submission::PROGRAM;
use crate::toolchain::Toolchain;
use anyhow::{Context as _, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use xtask::course::{Course, Quest, TestPackage};
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
    /// The test program of each package that compiles, by its name.
    pub programs: BTreeMap<String, PathBuf>,
    /// Of packages that are not a quest's own: why they do not compile.
    pub errors: BTreeMap<String, Vec<Diagnostic>>,
    pub broken: BTreeMap<u32, Vec<Diagnostic>>,
    /// Quests that could not be built, through no fault of theirs, and why.
    pub unknown: BTreeMap<u32, String>,
    /// The quests that share one test program.
    pub together: BTreeSet<u32>,
}

impl SubmissionBuild {
    /// Whether the quest's test program holds the code of another quest, too.
    pub fn is_shared(&self, quest: &Quest) -> bool {
        self.together.len() > 1 && self.together.contains(&quest.number)
    }

    /// Records that a package does not compile. If it is a quest's own, nothing of that quest does.
    fn add_errors(&mut self, course: &Course, package: &str, errors: Vec<Diagnostic>) {
        match course.quests.iter().find(|quest| quest.package == package) {
            Some(quest) => drop(self.broken.insert(quest.number, errors)),
            None => drop(self.errors.insert(package.to_owned(), errors)),
        }
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
            let mut tested = self.testable(&left);
            tested.retain(|package| !outcome.errors.contains_key(*package));
            let built = match self.build_together(&left, &tested) {
                Err(error) if was_killed(&error) => {
                    self.build_apart(&left, &mut outcome)?;
                    return Ok(outcome);
                }
                built => built?,
            };
            if let Some(program) = program(&built) {
                // Which errors the compiler reports at once depends on what else is in the program. A quest that does not
                // compile is reason enough for all that runs on it.
                let complete = self.testable(&left);
                outcome.errors.retain(|package, _| complete.contains(package.as_str()));
                outcome.programs = tested.into_iter().map(|package| (package.to_owned(), program.clone())).collect();
                outcome.together = left.into_keys().collect();
                return Ok(outcome);
            }
            let blamed = blamed(&built, &tested);
            if blamed.is_empty() {
                self.build_apart(&left, &mut outcome)?;
                return Ok(outcome);
            }
            for (package, errors) in blamed {
                outcome.add_errors(self.course, package, errors);
            }
            left.retain(|number, _| !outcome.broken.contains_key(number));
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

    /// Builds one of these quests on its own, into programs in which no other's code is but what the tests run on. The others
    /// stay on the stage, so that their libraries need not be built again.
    pub fn build_alone(&self, number: u32, files: &BTreeMap<u32, &[u8]>) -> anyhow::Result<SubmissionBuild> {
        let mut outcome = SubmissionBuild::default();
        self.add_quest_alone(number, files, &mut outcome)?;
        Ok(outcome)
    }

    /// Builds a program with the tests of these packages. What fails without a word about any line is built once more, with nothing
    /// beside it: a neighbour may have taken the memory that the compiler needed.
    fn build_together(&self, files: &BTreeMap<u32, &[u8]>, tested: &BTreeSet<&str>) -> anyhow::Result<BuildOutput> {
        let first = machine_lock::shared(|| self.build_once(files, tested));
        let is_doubtful = match &first {
            Ok(built) => built.failed_for_no_line(),
            Err(error) => was_killed(error),
        };
        if is_doubtful { machine_lock::exclusive(|| self.build_once(files, tested)) } else { first }
    }

    fn build_once(&self, files: &BTreeMap<u32, &[u8]>, tested: &BTreeSet<&str>) -> anyhow::Result<BuildOutput> {
        self.stage.put(self.course, files, tested)?;
        let on_stage = self.quests(files).map(|quest| quest.package.clone()).collect();
        make_folder(&self.temporary)?;
        let built = cargo_build::build(&BuildRequest {
            root: &self.stage.folder,
            target: self.stage.target(),
            packages: vec![PROGRAM.to_owned()],
            libraries: BTreeMap::from([(PROGRAM.to_owned(), on_stage)]),
            features: Vec::new(),
            what: TargetKind::Tests,
            isolation: Some(self.isolation.clone()),
        });
        // A compiler that was killed leaves its files there.
        remove_tree(&self.temporary)
            .with_context(|| format!("could not remove the folder {}", self.temporary.display()))?;
        built
    }

    /// The packages of tests whose code can be built: it is all there. Where a quest is left out, its stub proves nothing.
    fn testable(&self, files: &BTreeMap<u32, &[u8]>) -> BTreeSet<&'a str> {
        let on_stage: BTreeSet<&str> = self.quests(files).map(|quest| quest.package.as_str()).collect();
        let packages = self.quests(files).flat_map(|quest| &quest.packages);
        let complete = packages.filter(|package| package.quests.iter().all(|quest| on_stage.contains(quest.as_str())));
        complete.map(|package| package.name.as_str()).collect()
    }

    /// One program for each package of tests: where nobody could be blamed, as when the compiler itself gives up.
    fn build_apart(&self, files: &BTreeMap<u32, &[u8]>, outcome: &mut SubmissionBuild) -> anyhow::Result<()> {
        for number in files.keys() {
            let mut mine = self.with_needed(*number, files);
            mine.retain(|number, _| !outcome.broken.contains_key(number));
            self.add_quest_alone(*number, &mine, outcome)?;
        }
        Ok(())
    }

    /// Builds a quest into programs of its own, with these files on the stage.
    fn add_quest_alone(
        &self,
        number: u32,
        files: &BTreeMap<u32, &[u8]>,
        outcome: &mut SubmissionBuild,
    ) -> anyhow::Result<()> {
        let testable = self.testable(files);
        let quest = self.course.quests.iter().find(|quest| quest.number == number);
        let packages = quest.into_iter().flat_map(|quest| &quest.packages);
        for package in packages.filter(|package| testable.contains(package.name.as_str())) {
            match self.build_package(package, files) {
                Ok(built) => {
                    if let Some(program) = program(&built) {
                        self.keep(package, &program, outcome)?;
                    } else {
                        outcome.add_errors(self.course, &package.name, errors_of(package, built));
                    }
                }
                Err(error) if was_killed(&error) => {
                    outcome.unknown.insert(number, format!("{error:#}"));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Builds a program with the tests of one package. If something else on the stage may have failed, it is built once more
    /// with nothing there but what it runs on.
    fn build_package(&self, package: &'a TestPackage, files: &BTreeMap<u32, &[u8]>) -> anyhow::Result<BuildOutput> {
        let tested = BTreeSet::from([package.name.as_str()]);
        let built = self.build_together(files, &tested);
        let needed: BTreeMap<u32, &[u8]> = self
            .quests(files)
            .filter(|quest| package.quests.contains(&quest.package))
            .map(|quest| (quest.number, files[&quest.number]))
            .collect();
        let is_certain = match &built {
            Ok(built) => program(built).is_some() || !blamed(built, &tested).is_empty(),
            Err(error) => !was_killed(error),
        };
        if is_certain || needed.len() == files.len() { built } else { self.build_together(&needed, &tested) }
    }

    /// The file of a quest, and those that its tests run on.
    fn with_needed<'f>(&self, number: u32, files: &BTreeMap<u32, &'f [u8]>) -> BTreeMap<u32, &'f [u8]> {
        let quest = self.course.quests.iter().filter(|quest| quest.number == number);
        let wanted: BTreeSet<u32> =
            quest.flat_map(|quest| self.course.needed_by(quest).chain([quest])).map(|quest| quest.number).collect();
        files.iter().filter(|(other, _)| wanted.contains(other)).map(|(other, file)| (*other, *file)).collect()
    }

    /// Keeps the program of a package: the next build writes to the same place.
    fn keep(&self, package: &TestPackage, program: &Path, outcome: &mut SubmissionBuild) -> anyhow::Result<()> {
        let kept = self.stage.target().join(format!("alone-{}", package.name));
        fs::copy(program, &kept).with_context(|| format!("could not write {}", kept.display()))?;
        outcome.programs.insert(package.name.clone(), kept);
        Ok(())
    }

    fn quests(&self, files: &BTreeMap<u32, &[u8]>) -> impl Iterator<Item = &'a Quest> {
        self.course.quests.iter().filter(|quest| files.contains_key(&quest.number))
    }
}

/// Of these packages, those with errors: in a quest's library, or in the tests that call it.
fn blamed<'t>(built: &BuildOutput, tested: &BTreeSet<&'t str>) -> BTreeMap<&'t str, Vec<Diagnostic>> {
    let of_libraries = tested.iter().filter_map(|package| Some((*package, &built.packages.get(*package)?.errors)));
    let mut blamed: BTreeMap<&str, Vec<Diagnostic>> =
        of_libraries.map(|(package, errors)| (package, errors.clone())).collect();
    for error in built.packages.get(PROGRAM).into_iter().flat_map(|package| &package.errors) {
        let mut parts = error.location.iter().flat_map(|location| location.file.rsplit('/'));
        if let Some(package) = parts.find_map(|part| tested.get(part)) {
            blamed.entry(package).or_default().push(error.clone());
        }
    }
    blamed.retain(|_, errors| !errors.is_empty());
    blamed
}

/// Why the package does not compile: its own errors, or where it has none, all that there are.
fn errors_of(package: &TestPackage, built: BuildOutput) -> Vec<Diagnostic> {
    let own = blamed(&built, &BTreeSet::from([package.name.as_str()])).remove(package.name.as_str());
    own.unwrap_or_else(|| built.packages.into_values().flat_map(|package| package.errors).collect())
}

fn was_killed(error: &anyhow::Error) -> bool {
    error.downcast_ref::<CompilerKilled>().is_some()
}

fn make_folder(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("could not create the folder {}", folder.display()))
}

fn program(built: &BuildOutput) -> Option<PathBuf> {
    built.packages.get(PROGRAM)?.program.clone()
}
