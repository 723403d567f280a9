//! The stage: a pristine copy of the course, in which the `learner.rs` of a submission is built and observed.
//!
//! It holds no solution and no snapshot, and the tests have names that say nothing. The ten quests' libraries are linked into
//! one test program: one link instead of ten. A quest that is left out has its stub, which always compiles.

mod manifests;

use crate::fingerprint::Fingerprint;
use anyhow::Context as _;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use xtask::course::{Course, Quest, Test, TestPackage};
use xtask::files::write_if_changed;

/// The package of the test program.
pub const PROGRAM: &str = "all";

/// A stage in a folder.
#[derive(Debug)]
pub struct Stage {
    pub folder: PathBuf,
}

impl Stage {
    /// Writes the course to `folder`; a file that is there already keeps its time stamp.
    pub fn write(course: &Course, folder: PathBuf, seed: u64) -> anyhow::Result<Self> {
        let stage = Self { folder };
        manifests::write(course, &stage.folder)?;
        for part in ["timeline", "timeline/observe"] {
            copy(&course.root.join(part).join("src"), &stage.folder.join(part).join("src"), &|_| false)?;
            stage.copy_file(course, &format!("{part}/README.md"))?;
        }
        for quest in &course.quests {
            stage.copy_file(course, &format!("{}/README.md", quest.package))?;
            for package in &quest.packages {
                let (from, to) = (package.folder.join("tests"), stage.folder_of(course, package).join("tests"));
                let is_left_out = |path: &Path| path.ends_with("snapshots") || path.ends_with("tests/quest.rs");
                copy(&from, &to, &is_left_out)?;
                write_if_changed(&to.join("quest.rs"), without_names(quest, package, seed)?.as_bytes())?;
                stage.copy_file(course, &course.display_path(&package.folder.join("src").join("lib.rs")))?;
            }
        }
        write_if_changed(&stage.folder.join(PROGRAM).join("lib.rs"), b"//! Nothing: the package is its test.\n")?;
        stage.put(course, &BTreeMap::new(), &BTreeSet::new())?;
        Ok(stage)
    }

    /// Puts these quests of a submission on the stage, and no other of it. Of those, `tested` are in the test program: no code of
    /// another is linked into it.
    pub fn put(&self, course: &Course, files: &BTreeMap<u32, &[u8]>, tested: &BTreeSet<u32>) -> anyhow::Result<()> {
        let mut program = String::from("//! The tests of the quests that are on the stage.\n");
        for quest in &course.quests {
            let path = self.folder.join(&quest.package).join("src").join("learner.rs");
            if tested.contains(&quest.number) {
                let package = &quest.package;
                let _ = write!(program, "\n#[path = \"../{package}/tests/quest.rs\"]\nmod {};\n", module(quest));
            }
            match files.get(&quest.number) {
                Some(file) => write_if_changed(&path, file)?,
                None => write_if_changed(&path, &read(&quest.stub())?)?,
            }
        }
        write_if_changed(&self.folder.join(PROGRAM).join("all.rs"), program.as_bytes())
    }

    /// Where the tests of a package run.
    pub fn folder_of(&self, course: &Course, package: &TestPackage) -> PathBuf {
        self.folder.join(course.relative(&package.folder))
    }

    pub fn target(&self) -> PathBuf {
        self.folder.join("target")
    }

    fn copy_file(&self, course: &Course, path: &str) -> anyhow::Result<()> {
        let from = course.root.join(path);
        if from.exists() { write_if_changed(&self.folder.join(path), &read(&from)?) } else { Ok(()) }
    }
}

/// What a test is called in its program: the one that many quests share, or that of its package.
pub fn test_path(quest: &Quest, seed: u64, test: &Test) -> String {
    let name = opaque(quest, seed, &test.name);
    if quest.package_of(test).name == quest.package { format!("{}::{name}", module(quest)) } else { name }
}

/// `quest_03`
fn module(quest: &Quest) -> String {
    format!("quest_{:02}", quest.number)
}

/// A name that says nothing: another one for every seed, and no order in them.
fn opaque(quest: &Quest, seed: u64, test: &str) -> String {
    let mut fingerprint = Fingerprint::default();
    fingerprint.add(&seed.to_be_bytes()).add(quest.package.as_bytes()).add(test.as_bytes());
    format!("t{}", &fingerprint.digits()[..16])
}

/// The quest's tests in a package, their functions renamed.
fn without_names(quest: &Quest, package: &TestPackage, seed: u64) -> anyhow::Result<String> {
    let path = package.tests();
    let mut source = String::from_utf8(read(&path)?).with_context(|| format!("{} is not UTF-8", path.display()))?;
    for (_, test) in quest.tests().filter(|(_, test)| quest.package_of(test).name == package.name) {
        let old = format!("fn {}()", test.name);
        anyhow::ensure!(
            source.matches(&old).count() == 1,
            "{} must hold `{old}` exactly once, so that the test can be renamed",
            path.display()
        );
        source = source.replace(&old, &format!("fn {}()", opaque(quest, seed, &test.name)));
    }
    Ok(source)
}

/// Brings `to` in line with `from`, but for what is left out.
fn copy(from: &Path, to: &Path, is_left_out: &dyn Fn(&Path) -> bool) -> anyhow::Result<()> {
    let mut kept = BTreeSet::new();
    for entry in fs::read_dir(from).with_context(|| format!("could not read the folder {}", from.display()))? {
        let path = entry.with_context(|| format!("could not read the folder {}", from.display()))?.path();
        let name = path.file_name().expect("an entry of a folder has a name").to_owned();
        if is_left_out(&path) {
            // It may be the stage's own, such as the renamed tests.
        } else if path.is_dir() {
            copy(&path, &to.join(&name), is_left_out)?;
        } else {
            write_if_changed(&to.join(&name), &read(&path)?)?;
        }
        kept.insert(name);
    }
    for entry in fs::read_dir(to).into_iter().flatten().flatten() {
        if !kept.contains(&entry.file_name()) {
            let path = entry.path();
            if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }
                .with_context(|| format!("could not remove {}", path.display()))?;
        }
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("could not read {}", path.display()))
}
