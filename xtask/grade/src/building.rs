//! Builds the quests of a submission, and finds out which of them do not compile.

use crate::confine::compiler;
use crate::stage::{PROGRAM, Stage};
use crate::toolchain::Toolchain;
use crate::workshop::Plan;
use anyhow::Context as _;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use xtask::course::{Course, Quest};
use xtask::engine::build::{self, Built, Diagnostic, Foreign, Request, What};
use xtask::engine::removal::remove_folder;

pub mod policy;

/// What can be built on a stage, and how.
#[derive(Debug)]
pub struct Builder<'a> {
    pub course: &'a Course,
    pub stage: Stage,
    /// Where the compiler is.
    pub sysroot: PathBuf,
    /// Where compilers and linkers keep their temporary files. It is there only during a build.
    temporary: PathBuf,
    foreign: Foreign,
}

/// What came of the quests of a submission.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The test program of each quest that compiles.
    pub programs: BTreeMap<u32, PathBuf>,
    pub broken: BTreeMap<u32, Vec<Diagnostic>>,
}

impl<'a> Builder<'a> {
    /// A builder for a class that is to be built so.
    pub fn new(
        course: &'a Course,
        stage: Stage,
        temporary: PathBuf,
        toolchain: &Toolchain,
        plan: &Plan,
    ) -> anyhow::Result<Self> {
        make_folder(&stage.target())?;
        let mut environment = toolchain.environment(&temporary);
        let mut confinement = String::new();
        if plan.confined {
            let compiler = policy::of_compiler(&course.root, &stage, toolchain, &temporary);
            environment.extend(compiler::stand_in(&toolchain.rustc(), &compiler)?);
            confinement = policy::of_cargo(compiler, &stage, toolchain)?.words();
        }
        let foreign = Foreign { cargo: toolchain.cargo(), confinement, environment, jobs: plan.jobs };
        Ok(Self { course, stage, sysroot: toolchain.folder.clone(), temporary, foreign })
    }

    /// Builds these quests. One that does not compile costs no other.
    pub fn build(&self, files: &BTreeMap<u32, &[u8]>) -> anyhow::Result<Outcome> {
        let mut left = files.clone();
        let mut outcome = Outcome::default();
        while !left.is_empty() {
            let built = self.build_together(&left)?;
            if let Some(program) = program(&built) {
                outcome.programs.extend(left.keys().map(|number| (*number, program.clone())));
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

    fn build_together(&self, files: &BTreeMap<u32, &[u8]>) -> anyhow::Result<Built> {
        self.stage.put(self.course, files)?;
        let quests: Vec<&Quest> = self.course.quests.iter().filter(|quest| files.contains_key(&quest.number)).collect();
        let has_needed = |quest: &Quest| self.course.needed_by(quest).any(|needed| files.contains_key(&needed.number));
        let needs = quests.iter().map(|quest| quest.package.clone()).collect();
        make_folder(&self.temporary)?;
        let built = build::build(&Request {
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
            what: What::Tests,
            foreign: Some(self.foreign.clone()),
        });
        // A compiler that had to be stopped has left its files there.
        remove_folder(&self.temporary)
            .with_context(|| format!("could not remove the folder {}", self.temporary.display()))?;
        built
    }

    /// The quests with errors: in their library, or in their tests that call it.
    fn blamed<'b>(&self, built: &Built, numbers: impl Iterator<Item = &'b u32>) -> BTreeMap<u32, Vec<Diagnostic>> {
        let numbers: BTreeSet<&u32> = numbers.collect();
        let mut blamed: BTreeMap<u32, Vec<Diagnostic>> = BTreeMap::new();
        for quest in self.course.quests.iter().filter(|quest| numbers.contains(&quest.number)) {
            let of_library = built.packages.get(&quest.package).into_iter().flat_map(|package| &package.errors);
            let of_program = built.packages.get(PROGRAM).into_iter().flat_map(|package| &package.errors);
            let of_tests = of_program.filter(|error| {
                error.place.as_ref().is_some_and(|place| place.file.split('/').any(|part| part == quest.package))
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
    fn may_fail_by_a_call(&self, built: &Built, number: u32, files: &BTreeMap<u32, &[u8]>) -> bool {
        let quest = self.course.quests.iter().find(|quest| quest.number == number);
        quest.is_some_and(|quest| {
            let library_is_right = built.packages.get(&quest.package).is_none_or(|library| library.errors.is_empty());
            library_is_right && self.course.needed_by(quest).any(|needed| files.contains_key(&needed.number))
        })
    }

    /// One program a quest: where nobody could be blamed, as when the compiler itself gives up, or where a quest is to be
    /// built without what it calls.
    fn build_apart(&self, files: &BTreeMap<u32, &[u8]>, outcome: &mut Outcome) -> anyhow::Result<()> {
        for quest in self.course.quests.iter().filter(|quest| files.contains_key(&quest.number)) {
            let needed: BTreeSet<u32> = self.course.needed_by(quest).map(|needed| needed.number).collect();
            let alone = |number: &u32| *number == quest.number;
            let chosen = |wanted: &dyn Fn(&u32) -> bool| -> BTreeMap<u32, &[u8]> {
                files.iter().filter(|(number, _)| wanted(number)).map(|(number, file)| (*number, *file)).collect()
            };
            let mut built = self.build_together(&chosen(&|number| alone(number) || needed.contains(number)))?;
            if program(&built).is_none() && needed.iter().any(|number| files.contains_key(number)) {
                built = self.build_together(&chosen(&alone))?;
            }
            if let Some(program) = program(&built) {
                // The next build writes to the same place.
                let kept = self.stage.target().join(format!("alone-{}", quest.package));
                fs::copy(&program, &kept).with_context(|| format!("could not write {}", kept.display()))?;
                outcome.programs.insert(quest.number, kept);
            } else {
                let errors = built.packages.into_values().flat_map(|package| package.errors).collect();
                outcome.broken.insert(quest.number, errors);
            }
        }
        Ok(())
    }
}

fn make_folder(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("could not make the folder {}", folder.display()))
}

fn program(built: &Built) -> Option<PathBuf> {
    built.packages.get(PROGRAM)?.program.clone()
}
