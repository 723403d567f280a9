//! The stage of one submission: a pristine copy of the course, in which its `learner.rs` are built and observed.
//!
//! It holds neither solutions nor snapshots, and the names of its tests reveal nothing. The libraries of all quests are linked
//! into one test program: one link instead of ten. A quest that is not built has its stub, which always compiles.

use super::lock_file;
use super::manifests::{self, dependencies, is_of_the_course};
use super::tree::{Tree, read};
use crate::fingerprint::Fingerprint;
use anyhow::Context as _;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use toml::{Table, Value};
use xtask::course::{Course, Quest, Test, TestPackage};

/// The package of the test program.
pub const PROGRAM: &str = "all";

/// A stage in a folder.
#[derive(Debug)]
pub struct Stage {
    pub folder: PathBuf,
}

/// What cargo writes to a stage.
const OF_CARGO: [&str; 3] = ["Cargo.lock", lock_file::COPIED, "target"];

/// The libraries of the course that every quest uses.
const LIBRARIES: [&str; 2] = ["timeline", "timeline/observe"];

impl Stage {
    /// Writes the course to `folder`. A file that is there already keeps its time stamp.
    pub fn write(course: &Course, folder: PathBuf, seed: u64) -> anyhow::Result<Self> {
        let mut tree = submitted(course, &BTreeMap::new(), &BTreeSet::new())?;
        add_manifests(&mut tree, course)?;
        for library in LIBRARIES.map(Path::new) {
            tree.add_folder(&library.join("src"), &course.root.join(library).join("src"), &|_| false)?;
            add_file_if_any(&mut tree, course, library.join("README.md"));
        }
        for quest in &course.quests {
            for package in &quest.packages {
                let tests = course.relative(&package.folder).join("tests");
                tree.add_folder(&tests, &course.root.join(&tests), &|path| path.ends_with("snapshots"))?;
                tree.add(tests.join("quest.rs"), without_names(quest, package, seed)?);
            }
            add_file_if_any(&mut tree, course, Path::new(&quest.package).join("src").join("lib.rs"));
            add_file_if_any(&mut tree, course, Path::new(&quest.package).join("README.md"));
        }
        tree.add(Path::new(PROGRAM).join("lib.rs"), "//! Nothing: the package is its test.\n");
        tree.sync_to(&folder, &OF_CARGO)?;
        lock_file::copy(&course.root, &folder)?;
        Ok(Self { folder })
    }

    /// Puts these quests of a submission on the stage, and no other of it. The tests of the packages `tested` are in the test
    /// program: no code but what they run on is linked into it.
    pub fn put(&self, course: &Course, files: &BTreeMap<u32, &[u8]>, tested: &BTreeSet<&str>) -> anyhow::Result<()> {
        submitted(course, files, tested)?.write(&self.folder)
    }

    /// Where the tests of a package run.
    pub fn folder_of(&self, course: &Course, package: &TestPackage) -> PathBuf {
        self.folder.join(course.relative(&package.folder))
    }

    pub fn target(&self) -> PathBuf {
        self.folder.join("target")
    }
}

/// What a test is called in the test program.
pub fn test_path(quest: &Quest, seed: u64, test: &Test) -> String {
    format!("{}::{}", module(quest, quest.package_of(test)), opaque(quest, seed, &test.name))
}

/// The files that differ from submission to submission.
fn submitted(course: &Course, files: &BTreeMap<u32, &[u8]>, tested: &BTreeSet<&str>) -> anyhow::Result<Tree> {
    let mut tree = Tree::default();
    let mut program = String::from("//! The tests of the quests that are on the stage.\n");
    for quest in &course.quests {
        for package in quest.packages.iter().filter(|package| tested.contains(package.name.as_str())) {
            let folder = course.display_path(&package.folder);
            let module = module(quest, package);
            let _ = write!(program, "\n#[path = \"../{folder}/tests/quest.rs\"]\nmod {module};\n");
        }
        let path = Path::new(&quest.package).join("src").join("learner.rs");
        match files.get(&quest.number) {
            Some(file) => tree.add(path, *file),
            None => tree.add(path, read(&quest.stub())?),
        }
    }
    tree.add(Path::new(PROGRAM).join("all.rs"), program);
    Ok(tree)
}

fn add_file_if_any(tree: &mut Tree, course: &Course, path: PathBuf) {
    let from = course.root.join(&path);
    if from.exists() {
        tree.add_file(path, from);
    }
}

fn add_manifests(tree: &mut Tree, course: &Course) -> anyhow::Result<()> {
    let mut add = |folder: &str, manifest: Table| tree.add(Path::new(folder).join("Cargo.toml"), manifest.to_string());
    for library in LIBRARIES {
        add(library, manifests::library(&course.root.join(library))?);
    }
    for quest in &course.quests {
        add(&quest.package, manifest_of_quest(quest)?);
    }
    add(PROGRAM, manifest_of_program(course)?);
    let quests = course.quests.iter().map(|quest| quest.package.as_str());
    let members = LIBRARIES.into_iter().chain([PROGRAM]).chain(quests);
    let mut workspace = manifests::workspace(course, members)?;
    if let Some(shared) = workspace["workspace"].get_mut("dependencies").and_then(Value::as_table_mut) {
        shared.retain(|name, _| !is_of_the_course(name));
    }
    add("", workspace);
    Ok(())
}

fn manifest_of_quest(quest: &Quest) -> anyhow::Result<Table> {
    let mut manifest = manifests::quest(quest, &quest.package)?;
    manifests::remove(&mut manifest, &["dev-dependencies"]);
    // The features stay, for the library's `cfg`, but nothing that they would bring.
    for (_, feature) in manifest.get_mut("features").and_then(Value::as_table_mut).into_iter().flatten() {
        *feature = Value::Array(Vec::new());
    }
    if let Some(dependencies) = manifest.get_mut("dependencies").and_then(Value::as_table_mut) {
        dependencies.retain(|name, _| !is_of_the_course(name));
    }
    Ok(manifest)
}

/// The runner judges, so nothing is compared within the process.
fn judged() -> Table {
    "workspace = true\nfeatures = [\"judged\"]".parse().expect("this is TOML")
}

/// The test program has the edition and version of the quests, and every dependency of their tests, wherever these are.
fn manifest_of_program(course: &Course) -> anyhow::Result<Table> {
    let mut program = Table::new();
    let mut all = Table::new();
    for quest in &course.quests {
        for package in &quest.packages {
            add_dependencies(&mut all, &mut manifests::read(&package.folder)?);
        }
        let path = [("path".to_owned(), Value::from(format!("../{}", quest.package)))];
        all.insert(quest.package.clone(), Table::from_iter(path).into());
        let manifest = manifests::read(&quest.folder)?;
        let package = manifest.get("package").and_then(Value::as_table);
        program.insert("package".into(), package.context("a quest's manifest has no [package]")?.clone().into());
    }
    let package = program.get_mut("package").and_then(Value::as_table_mut).context("the course has no quest")?;
    manifests::remove(package, &["metadata", "description"]);
    package.insert("name".into(), PROGRAM.into());
    package.insert("autotests".into(), false.into());
    // Nothing is compared within the process, so insta need not be compiled for each test.
    all.remove("insta");
    all.insert("observe".into(), judged().into());
    program.insert("dependencies".into(), all.into());
    program.extend("lib.path = \"lib.rs\"\nlints.workspace = true".parse::<Table>().expect("this is TOML"));
    program.insert("test".into(), manifests::test_target("all.rs"));
    Ok(program)
}

fn add_dependencies(all: &mut Table, manifest: &mut Table) {
    for kind in ["dependencies", "dev-dependencies"] {
        for (name, dependency) in dependencies(manifest, kind).filter(|(name, _)| !is_of_the_course(name)) {
            let mut dependency = dependency.clone();
            dependency.as_table_mut().into_iter().for_each(|table| drop(table.remove("optional")));
            all.insert(name.clone(), dependency);
        }
    }
}

/// `quest_03`, and `quest_07_1` for the first package below the quest's.
fn module(quest: &Quest, package: &TestPackage) -> String {
    match quest.packages.iter().position(|other| other.name == package.name) {
        None | Some(0) => format!("quest_{:02}", quest.number),
        Some(index) => format!("quest_{:02}_{index}", quest.number),
    }
}

/// A name that reveals nothing: another one for every seed, and in no order.
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
