//! Stores each result in a file, under a key of everything that decides it, so that nothing is graded twice.
//!
//! A killed run leaves no partial result, so the next run continues where it stopped.

use crate::fingerprint::Fingerprint;
use crate::model::QuestGrade;
use anyhow::Context as _;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use xtask::course::{Course, Quest};
use xtask::files::write_in_one_step;

/// A folder of results.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    pub fn open(folder: PathBuf) -> anyhow::Result<Self> {
        fs::create_dir_all(&folder).with_context(|| format!("could not create the folder {}", folder.display()))?;
        Ok(Self { folder })
    }

    /// The result for this key; none if it cannot be read. Then the quest is graded again.
    pub fn get(&self, key: &str) -> Option<QuestGrade> {
        serde_json::from_slice(&fs::read(self.path(key)).ok()?).ok()
    }

    pub fn put(&self, key: &str, result: &QuestGrade) -> anyhow::Result<()> {
        let content = serde_json::to_vec(result).context("a result is plain data")?;
        // If a power cut spoils a result, the quest is graded again.
        write_in_one_step(&self.path(key), &content)
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{key}.json"))
    }
}

/// The keys of one run.
#[derive(Debug)]
pub struct Keys {
    /// For each quest, the fingerprint of what decides its verdicts, apart from the submitted files.
    quests: BTreeMap<u32, String>,
    /// The fingerprint of all of that.
    pub course: String,
}

impl Keys {
    /// `circumstances` are the other inputs: the seed, the compiler, the confinement.
    pub fn new(course: &Course, circumstances: &[&str]) -> anyhow::Result<Self> {
        let no_build = |path: &Path| path.ends_with("target");
        let mut common = Fingerprint::default();
        for file in ["Cargo.toml", "Cargo.lock"] {
            common.add_file(&course.root.join(file))?;
        }
        // This includes the grader: after a fix, everything is judged again.
        for folder in ["timeline", "xtask/src", "xtask/staff/src"] {
            common.add_folder(&course.root.join(folder), &no_build)?;
        }
        let mut whole = common.clone();
        let mut quests = BTreeMap::new();
        for quest in &course.quests {
            let mut fingerprint = common.clone();
            for part in course.needed_by(quest).chain([quest]) {
                add_quest(&mut fingerprint, course, part)?;
            }
            whole.add(fingerprint.digits().as_bytes());
            for circumstance in circumstances {
                fingerprint.add(circumstance.as_bytes());
            }
            quests.insert(quest.number, fingerprint.digits());
        }
        Ok(Self { quests, course: whole.digits() })
    }

    /// The key of a quest in a submission. `needed` are the other submitted files that its tests use.
    pub fn key(&self, quest: u32, file: &[u8], needed: &[Option<&[u8]>]) -> String {
        let mut fingerprint = Fingerprint::default();
        fingerprint.add(self.quests.get(&quest).map_or(b"", String::as_bytes)).add(file);
        for needed in needed {
            fingerprint.add(if needed.is_some() { b"file" } else { b"none" }).add(needed.unwrap_or_default());
        }
        fingerprint.digits()
    }
}

/// Adds the files of a quest that decide its verdicts: tests and snapshots, library and stub, and the solution.
fn add_quest(fingerprint: &mut Fingerprint, course: &Course, quest: &Quest) -> anyhow::Result<()> {
    for file in ["README.md", "stub.rs"] {
        fingerprint.add_file(&quest.folder.join(file))?;
    }
    for package in &quest.packages {
        for file in ["Cargo.toml", "src/lib.rs"] {
            fingerprint.add_file(&package.folder.join(file))?;
        }
        fingerprint.add_folder(&package.folder.join("tests"), &|_| false)?;
    }
    let solution = course.root.join("solutions").join("src").join(quest.crate_name()).with_extension("rs");
    fingerprint.add_file(&solution)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::QuestState;

    fn store(name: &str) -> Store {
        let folder = std::env::temp_dir().join(format!("grade-store-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        Store::open(folder).unwrap()
    }

    fn grade() -> QuestGrade {
        let detail = String::new();
        QuestGrade {
            number: 3,
            state: QuestState::Passed,
            detail,
            earned: Some(10.into()),
            adjustment: None,
            tests: Vec::new(),
            file: None,
        }
    }

    #[test]
    fn a_result_is_found_under_its_key_alone() {
        let store = store("found");
        store.put("a", &grade()).unwrap();
        assert_eq!(store.get("a"), Some(grade()));
        assert_eq!(store.get("b"), None);
        assert_eq!(fs::read_dir(&store.folder).unwrap().count(), 1, "no temporary file stays");
        fs::remove_dir_all(store.folder).unwrap();
    }

    #[test]
    fn half_a_result_is_none() {
        let store = store("half");
        store.put("a", &grade()).unwrap();
        let whole = fs::read(store.path("a")).unwrap();
        fs::write(store.path("a"), &whole[..whole.len() / 2]).unwrap();
        assert_eq!(store.get("a"), None);
        fs::remove_dir_all(store.folder).unwrap();
    }

    #[test]
    fn every_submitted_file_counts() {
        let keys = Keys { quests: BTreeMap::from([(7, "x".into()), (8, "y".into())]), course: String::new() };
        let all = [
            keys.key(7, b"a", &[]),
            keys.key(7, b"b", &[]),
            keys.key(8, b"a", &[]),
            keys.key(7, b"a", &[None]),
            keys.key(7, b"a", &[Some(b"")]),
            keys.key(7, b"a", &[Some(b"c")]),
        ];
        let different: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        assert_eq!(keys.key(7, b"a", &[Some(b"c")]), all[5]);
    }
}
