//! The course: its folder, and its quests as their manifests describe them.

mod manifest;
mod quest;

pub use quest::{Quest, QuestMeta, SCENARIO, Step, Test, TestPackage, parse_package};

use crate::exit::UsageError;
use anyhow::{Context as _, bail};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the course, and its quests in order.
#[derive(Debug)]
pub struct Course {
    pub root: PathBuf,
    pub quests: Vec<Quest>,
}

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
                let (meta, packages) = manifest::read(&entry.path(), &package)?;
                quests.push(Quest { number, name: name.to_owned(), meta, folder: entry.path(), package, packages });
            }
        }
        if quests.is_empty() {
            bail!("{} contains no quest: is the checkout complete?", root.display());
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
            Err(UsageError("this copy of the course contains no solutions: it was made for learners".into()))
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
