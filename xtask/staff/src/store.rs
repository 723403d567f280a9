//! Stores each result in a file, under a key of everything that decides it, so that nothing is graded twice.
//!
//! A killed run leaves no partial result, so the next run continues where it stopped.
//!
//! Many machines may use one folder at the same time, on NFS, too. A result takes its place by a rename, which NFS does in one step,
//! and no file is locked, which some NFS servers cannot do. If two machines grade the same file, both write the same bytes.

use crate::fingerprint::Fingerprint;
use crate::model::QuestGrade;
use anyhow::Context as _;
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use xtask::course::{Course, Quest};

/// A folder of results.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
}

/// The extension of a result that is being written.
const UNFINISHED: &str = "unfinished";

/// After this time, whoever was writing an unfinished result was killed. Writing takes no time, and clocks differ by less.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 60 * 60);

impl Store {
    pub fn open(folder: PathBuf) -> anyhow::Result<Self> {
        fs::create_dir_all(&folder).with_context(|| format!("could not create the folder {}", folder.display()))?;
        remove_left_behind(&folder);
        Ok(Self { folder })
    }

    /// The result for this key; none if it cannot be read. Then the quest is graded again.
    pub fn get(&self, key: &str) -> Option<QuestGrade> {
        serde_json::from_slice(&fs::read(self.path(key)).ok()?).ok()
    }

    /// If a power cut spoils a result, the quest is graded again.
    pub fn put(&self, key: &str, result: &QuestGrade) -> anyhow::Result<()> {
        let content = serde_json::to_vec(result).context("a result is plain data")?;
        // Neither a process id nor a host name distinguishes two containers.
        let unfinished = self.folder.join(format!(".{key}.{:016x}.{UNFINISHED}", random()));
        let written = write_new(&unfinished, &content).and_then(|()| fs::rename(&unfinished, self.path(key)));
        if written.is_err() {
            // The first error is the one to report, whether or not this fails, too.
            let _ = fs::remove_file(&unfinished);
        }
        written.with_context(|| format!("could not store a result in {}", self.folder.display()))
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{key}.json"))
    }
}

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(content)
}

fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Removes what killed processes left, whatever machine they ran on.
fn remove_left_behind(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_unfinished = path.extension().is_some_and(|extension| extension == UNFINISHED);
        let written =
            || entry.metadata().and_then(|metadata| metadata.modified()).unwrap_or_else(|_| SystemTime::now());
        if is_unfinished && SystemTime::now().duration_since(written()).is_ok_and(|age| age > LEFT_BEHIND) {
            let _ = fs::remove_file(path);
        }
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
    fn many_machines_may_store_the_same_results_at_the_same_time() {
        let store = store("shared");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let store = Store::open(store.folder.clone()).unwrap();
                    for number in 0..200 {
                        let key = (number % 10).to_string();
                        store.put(&key, &grade()).unwrap();
                        assert_eq!(store.get(&key), Some(grade()), "a result that was stored stays");
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(&store.folder).unwrap().count(), 10);
        fs::remove_dir_all(store.folder).unwrap();
    }

    #[test]
    fn what_another_machine_is_writing_is_left_alone_until_it_is_old() {
        let store = store("unfinished");
        let [old, new] = ["old", "new"].map(|name| store.folder.join(format!(".{name}.0.{UNFINISHED}")));
        for path in [&old, &new] {
            fs::write(path, "half of a res").unwrap();
        }
        let yesterday = SystemTime::now() - 2 * LEFT_BEHIND;
        fs::File::options().write(true).open(&old).unwrap().set_modified(yesterday).unwrap();
        let store = Store::open(store.folder).unwrap();
        store.put("a", &grade()).unwrap();
        assert!(!old.exists() && new.exists());
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
