//! The course: its folder, and its quests as their manifests describe them.

use crate::exit::UsageError;
use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the course, and its quests in order.
#[derive(Debug)]
pub struct Course {
    pub root: PathBuf,
    pub quests: Vec<Quest>,
}

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

impl Course {
    /// Finds the course: around the runner's own source if cargo started it, or else above the current folder.
    pub fn find() -> anyhow::Result<Self> {
        let near_runner =
            env::var_os("CARGO_MANIFEST_DIR").and_then(|folder| Some(Path::new(&folder).parent()?.to_owned()));
        let here = env::current_dir().context("the current folder cannot be read")?;
        let root = near_runner
            .into_iter()
            .chain(here.ancestors().map(Path::to_owned))
            .find(|folder| folder.join("xtask").is_dir() && folder.join("Cargo.toml").is_file())
            .ok_or_else(|| {
                UsageError(format!("no course in {} or above it: run this inside the course's folder", here.display()))
            })?;
        Self::read(root)
    }

    /// Reads the quests of the course in `root`.
    pub fn read(root: PathBuf) -> anyhow::Result<Self> {
        let mut quests = Vec::new();
        for entry in fs::read_dir(&root).with_context(|| format!("could not read the folder {}", root.display()))? {
            let entry = entry.with_context(|| format!("could not read the folder {}", root.display()))?;
            let package = entry.file_name().to_string_lossy().into_owned();
            if let Some((number, name)) = parse_package(&package)
                && entry.path().join("Cargo.toml").is_file()
            {
                let (meta, packages) = read_manifests(&entry.path(), &package)?;
                quests.push(Quest { number, name: name.to_owned(), meta, folder: entry.path(), package, packages });
            }
        }
        if quests.is_empty() {
            bail!("{} holds no quest: is the checkout whole?", root.display());
        }
        quests.sort_by_key(|quest| quest.number);
        Ok(Self { root, quests })
    }

    /// The quest with this name: `3`, `03`, `queue` or `quest-03-queue`.
    pub fn quest(&self, name: &str) -> Result<&Quest, UsageError> {
        self.quests.iter().find(|quest| quest.is_called(name)).ok_or_else(|| {
            let names: Vec<String> =
                self.quests.iter().map(|quest| format!("{} {}", quest.number, quest.name)).collect();
            UsageError(format!("there is no quest `{name}`; the quests are: {}", names.join(", ")))
        })
    }

    /// The named quests, each once, in the order of the course; all of them if none is named.
    pub fn select(&self, names: &[String]) -> Result<Vec<&Quest>, UsageError> {
        let chosen = names.iter().map(|name| self.quest(name)).collect::<Result<Vec<_>, _>>()?;
        Ok(self
            .quests
            .iter()
            .filter(|quest| names.is_empty() || chosen.iter().any(|other| other.number == quest.number))
            .collect())
    }

    /// The other quests whose code tests of `quest` run on.
    pub fn needed_by<'a>(&'a self, quest: &'a Quest) -> impl Iterator<Item = &'a Quest> {
        self.quests.iter().filter(|other| {
            other.number != quest.number && quest.packages.iter().any(|package| package.quests.contains(&other.package))
        })
    }

    /// The course's own solution of a quest.
    pub fn solution(&self, quest: &Quest) -> PathBuf {
        self.root.join("solutions").join("src").join(quest.crate_name()).with_extension("rs")
    }

    /// Whether the solutions are here. A copy that was handed out to learners comes without.
    pub fn has_solutions(&self) -> bool {
        self.quests.iter().any(|quest| self.solution(quest).is_file())
    }

    /// An error where the solutions are needed, and are not here.
    pub fn require_solutions(&self) -> Result<(), UsageError> {
        if self.has_solutions() {
            Ok(())
        } else {
            Err(UsageError("this copy of the course holds no solutions: it was handed out to learners".into()))
        }
    }

    /// Whether the instructors' part is here. A copy that was handed out to learners comes without.
    pub fn has_staff(&self) -> bool {
        self.root.join("xtask").join("staff").join("Cargo.toml").is_file()
    }

    /// `path` relative to the course's folder.
    pub fn relative<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }

    /// The same as text, for people to read and to click.
    pub fn display_path(&self, path: &Path) -> String {
        with_slashes(&self.relative(path).to_string_lossy())
    }
}

/// A path, or text that contains paths, written the same way on every system, so that reports are the same on all of them.
pub fn with_slashes(text: &str) -> String {
    text.replace(std::path::MAIN_SEPARATOR, "/")
}

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

    fn is_called(&self, name: &str) -> bool {
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

/// What the manifest in a quest's folder says about the quest, and the packages that hold its tests.
fn read_manifests(folder: &Path, package: &str) -> anyhow::Result<(QuestMeta, Vec<TestPackage>)> {
    #[derive(Deserialize)]
    struct Manifest {
        package: Package,
    }
    #[derive(Deserialize)]
    struct Package {
        metadata: Metadata,
    }
    #[derive(Deserialize)]
    struct Metadata {
        quest: QuestMeta,
    }
    let manifest: Manifest = read_manifest(folder)?;
    let meta = manifest.package.metadata.quest;
    let mut packages =
        vec![TestPackage { name: package.to_owned(), folder: folder.to_owned(), quests: vec![package.to_owned()] }];
    for name in meta.steps.iter().flat_map(|step| &step.tests).filter_map(|test| test.package.as_ref()) {
        if packages.iter().all(|package| package.name != *name) {
            let folder = folder.join(name);
            packages.push(TestPackage { name: name.clone(), quests: quests_in(&folder)?, folder });
        }
    }
    Ok((meta, packages))
}

/// The quests that a test package depends on.
fn quests_in(folder: &Path) -> anyhow::Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Manifest {
        #[serde(rename = "dev-dependencies")]
        dependencies: toml::Table,
    }
    let manifest: Manifest = read_manifest(folder)?;
    Ok(manifest.dependencies.keys().filter(|name| parse_package(name).is_some()).cloned().collect())
}

fn read_manifest<M: DeserializeOwned>(folder: &Path) -> anyhow::Result<M> {
    let path = folder.join("Cargo.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
    toml::from_str(&text)
        .with_context(|| format!("{} does not describe its quest as the course expects", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quest(number: u32, name: &str) -> Quest {
        let meta = QuestMeta {
            title: String::new(),
            points: 0,
            minutes: 0,
            teaches: String::new(),
            done: String::new(),
            steps: Vec::new(),
        };
        let package = format!("quest-{number:02}-{name}");
        let packages = Vec::new();
        Quest { number, name: name.to_owned(), folder: PathBuf::from(&package), package, meta, packages }
    }

    fn course() -> Course {
        Course { root: PathBuf::new(), quests: vec![quest(1, "blocking"), quest(3, "queue"), quest(10, "pipeline")] }
    }

    #[test]
    fn a_quest_has_four_names_and_a_folder() {
        for name in ["3", "03", "queue", "quest-03-queue", "quest-03-queue/"] {
            assert_eq!(course().quest(name).unwrap().number, 3, "{name}");
        }
    }

    #[test]
    fn what_names_no_quest_is_a_usage_error_that_lists_the_quests() {
        for name in ["0", "4", "que", "", "+3", "-1", "quest-3-queue", "99999999999"] {
            let error = course().quest(name).unwrap_err().to_string();
            assert!(error.contains("1 blocking, 3 queue, 10 pipeline"), "{error}");
        }
    }

    #[test]
    fn two_names_of_one_quest_select_it_once_and_in_order() {
        let names = ["pipeline", "3", "queue"].map(String::from);
        let numbers: Vec<u32> = course().select(&names).unwrap().iter().map(|quest| quest.number).collect();
        assert_eq!(numbers, [3, 10]);
    }

    #[test]
    fn no_name_selects_every_quest() {
        assert_eq!(course().select(&[]).unwrap().len(), 3);
    }
}
