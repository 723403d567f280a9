//! One quest: what its manifest says, and where its files are.

use serde::Deserialize;
use std::path::PathBuf;

/// One quest: what its manifest says, and where its files are.
#[derive(Debug, Clone)]
pub struct Quest {
    pub number: u32,
    /// `queue`
    pub name: String,
    /// `quest-03-queue`, the name of the package and of the folder
    pub package: String,
    pub folder: PathBuf,
    pub meta: QuestMeta,
    /// Where its tests are. The quest's own package comes first.
    pub packages: Vec<TestPackage>,
}

/// A package whose `tests/quest.rs` holds tests of a quest. One that does not compile costs the tests in it, and no others.
#[derive(Debug, Clone)]
pub struct TestPackage {
    /// Also the last part of its folder.
    pub name: String,
    pub folder: PathBuf,
    /// The packages of the quests whose code it runs on.
    pub quests: Vec<String>,
}

/// What a quest's manifest says about it, in `[package.metadata.quest]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestMeta {
    pub title: String,
    pub points: u32,
    pub minutes: u32,
    /// What the quest teaches, in a sentence.
    pub teaches: String,
    /// Printed when the quest passes.
    pub done: String,
    pub steps: Vec<Step>,
}

/// A part of a quest that can be done on its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub title: String,
    /// Text that marks the line in `src/learner.rs` where this step is to be done.
    pub edit: String,
    pub tests: Vec<Test>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Test {
    pub name: String,
    pub points: u32,
    /// What the test expects, in a sentence.
    pub says: String,
    /// The package that holds the test, a folder in the quest's; without it, the quest's own.
    pub package: Option<String>,
}

/// Each quest's test that is drawn from a seed. It has no points of its own: a quest in which it fails earns at most half of
/// its points.
pub const SCENARIO: &str = "scenario";

impl Quest {
    /// The only file that a learner edits.
    pub fn learner(&self) -> PathBuf {
        self.folder.join("src").join("learner.rs")
    }

    /// The learner's file as the course hands it out.
    pub fn stub(&self) -> PathBuf {
        self.folder.join("stub.rs")
    }

    /// `quest_03_queue`
    pub fn crate_name(&self) -> String {
        self.package.replace('-', "_")
    }

    /// The package that holds a test.
    pub fn package_of(&self, test: &Test) -> &TestPackage {
        let is_named = |package: &&TestPackage| test.package.as_ref() == Some(&package.name);
        self.packages.iter().find(is_named).unwrap_or_else(|| self.own_package())
    }

    pub fn own_package(&self) -> &TestPackage {
        self.packages.first().expect("a quest has its own package")
    }

    /// The packages other than the quest's own.
    pub fn other_packages(&self) -> impl Iterator<Item = &TestPackage> {
        self.packages.iter().skip(1)
    }

    /// The package that holds the demo, as its example or as its program.
    pub fn demo_package(&self) -> &TestPackage {
        self.packages.iter().find(|package| package.demo().is_file()).unwrap_or_else(|| self.own_package())
    }

    /// The insta snapshot of what the test must observe.
    pub fn snapshot(&self, test: &str) -> PathBuf {
        let known = self.tests().map(|(_, known)| known).find(|known| known.name == test);
        let package = known.map_or_else(|| self.own_package(), |known| self.package_of(known));
        package.folder.join("tests").join("snapshots").join(format!("{test}.snap"))
    }

    /// What the clock noted while the course's solution ran.
    pub fn reference_run(&self) -> PathBuf {
        self.folder.join("reference-run.txt")
    }

    /// Each test with its step, in teaching order.
    pub fn tests(&self) -> impl Iterator<Item = (&Step, &Test)> {
        self.meta.steps.iter().flat_map(|step| step.tests.iter().map(move |test| (step, test)))
    }

    /// The test that is drawn from a seed.
    pub fn scenario(&self) -> Option<&Test> {
        self.tests().map(|(_, test)| test).find(|test| test.name == SCENARIO)
    }

    /// Whether a user may call it by this name.
    pub(super) fn is_called(&self, name: &str) -> bool {
        let name = name.trim_end_matches(['/', '\\']);
        name == self.name
            || name == self.package
            || (name.bytes().all(|b| b.is_ascii_digit()) && name.parse() == Ok(self.number))
    }
}

impl TestPackage {
    pub fn tests(&self) -> PathBuf {
        self.folder.join("tests").join("quest.rs")
    }

    /// Where the quest's demo is, if this package holds it: an example is not built with the tests.
    pub fn demo(&self) -> PathBuf {
        let program = self.folder.join("src").join("main.rs");
        if program.is_file() { program } else { self.folder.join("examples").join("demo.rs") }
    }
}

/// `quest-03-queue` is number 3, named `queue`.
pub fn parse_package(package: &str) -> Option<(u32, &str)> {
    let (number, name) = package.strip_prefix("quest-")?.split_once('-')?;
    Some((number.parse().ok()?, name))
}
