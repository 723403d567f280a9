//! The stage: a generated workspace in `target/stage`, in which every program to judge is a package of its own.
//!
//! Each package is the quest with another `learner.rs`: the same library, manifest and pristine tests. One cargo builds them all.
//! A file is rewritten only when it changes, so that a second run builds only what changed.

use super::cargo_build::{self, BuildOutput, BuildRequest, TargetKind};
use crate::course::{Course, Quest, TestPackage};
use crate::files::write_if_changed;
use anyhow::Context as _;
use std::fs;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// One `learner.rs` on the stage.
#[derive(Debug)]
pub struct Entry<'a> {
    pub quest: &'a Quest,
    /// What is added to the names of the quest's packages: `--solution`
    pub suffix: String,
    pub learner: Vec<u8>,
}

impl Entry<'_> {
    /// `quest-03-queue--solution`
    pub fn package(&self, package: &TestPackage) -> String {
        format!("{}{}", package.name, self.suffix)
    }
}

/// The folder of the stage.
pub fn folder(course: &Course) -> PathBuf {
    course.root.join("target").join("stage")
}

/// Puts the entries on the stage and builds their tests.
pub fn build(course: &Course, entries: &[Entry]) -> anyhow::Result<BuildOutput> {
    let stage = folder(course);
    let root = manifest(&course.root)?;
    let packages =
        |entry: &Entry| -> Vec<String> { entry.quest.packages.iter().map(|package| entry.package(package)).collect() };
    let members: Vec<String> = entries.iter().flat_map(packages).collect();
    write_manifest(&stage, &workspace(&root, &course.root, &members)?)?;
    copy_lock_file(&course.root, &stage)?;
    for entry in entries {
        for package in &entry.quest.packages {
            let folder = stage.join(entry.package(package));
            write_manifest(&folder, &package_manifest(entry, package)?)?;
            write_if_changed(&folder.join("src").join("lib.rs"), b"//! Nothing: the package is its test.\n")?;
        }
        let folder = stage.join(entry.package(entry.quest.own_package()));
        for file in ["README.md", "src/lib.rs"] {
            let path = entry.quest.folder.join(file);
            let content = fs::read(&path).with_context(|| format!("could not read {}", path.display()))?;
            write_if_changed(&folder.join(file), &content)?;
        }
        write_if_changed(&folder.join("src").join("learner.rs"), &entry.learner)?;
    }
    cargo_build::build(&BuildRequest {
        root: &stage,
        target: stage.join("target"),
        packages: members,
        features: Vec::new(),
        libraries: entries.iter().flat_map(libraries).collect(),
        what: TargetKind::Tests,
        isolation: None,
    })
}

/// The packages on whose code each package of an entry runs.
fn libraries(entry: &Entry) -> impl Iterator<Item = (String, Vec<String>)> {
    let own = entry.package(entry.quest.own_package());
    entry.quest.packages.iter().map(move |package| (entry.package(package), vec![own.clone()]))
}

/// The root manifest of the stage: the course's, with other members, and with paths that hold from there.
fn workspace(manifest: &Table, root: &Path, members: &[String]) -> anyhow::Result<Table> {
    let mut workspace =
        manifest.get("workspace").and_then(Value::as_table).context("the root manifest has no [workspace]")?.clone();
    workspace
        .insert("members".into(), members.iter().map(|member| Value::from(member.as_str())).collect::<Vec<_>>().into());
    workspace.remove("exclude");
    make_absolute(workspace.get_mut("dependencies"), root);
    let mut staged = Table::new();
    staged.insert("workspace".into(), workspace.into());
    // Nobody debugs hundreds of programs, and most of them are built once.
    let profile: Table = "dev.debug = false\ndev.incremental = false".parse().expect("this is TOML");
    staged.insert("profile".into(), profile.into());
    Ok(staged)
}

/// The manifest of a quest's package for the stage: no solutions, no demo, and the tests where they are.
fn package_manifest(entry: &Entry, tests: &TestPackage) -> anyhow::Result<Table> {
    let quest = entry.quest;
    let own = quest.own_package();
    let mut manifest = manifest(&tests.folder)?;
    let package =
        manifest.get_mut("package").and_then(Value::as_table_mut).context("a quest's manifest has no [package]")?;
    package.insert("name".into(), entry.package(tests).into());
    package.remove("metadata");
    for automatic in ["autobins", "autotests", "autoexamples"] {
        package.insert(automatic.into(), false.into());
    }
    manifest.remove("bin");
    if tests.name == own.name {
        manifest.insert("lib".into(), Table::from_iter([("name".to_owned(), Value::from(quest.crate_name()))]).into());
    }
    let path = tests.tests().display().to_string();
    let test = Table::from_iter([("name".to_owned(), Value::from("quest")), ("path".to_owned(), path.into())]);
    manifest.insert("test".into(), vec![Value::from(test)].into());
    // The feature stays, for `cfg(feature = "reference")` in the library, but what it would bring does not.
    if let Some(features) = manifest.get_mut("features").and_then(Value::as_table_mut) {
        features.insert("reference".into(), Value::Array(Vec::new()));
    }
    for kind in ["dependencies", "dev-dependencies"] {
        if let Some(dependencies) = manifest.get_mut(kind).and_then(Value::as_table_mut) {
            dependencies.remove("solutions");
        }
        make_absolute(manifest.get_mut(kind), &tests.folder);
        run_on_the_references(manifest.get_mut(kind), &own.name, &entry.package(own));
    }
    Ok(manifest)
}

/// A program on the stage runs on the code of its entry, and on the solution of any other quest, not on the learner's.
fn run_on_the_references(dependencies: Option<&mut Value>, own: &str, staged: &str) {
    let Some(dependencies) = dependencies.and_then(Value::as_table_mut) else { return };
    for (name, dependency) in dependencies.iter_mut() {
        if name == own {
            *dependency = format!("package = \"{staged}\"\npath = \"../{staged}\"")
                .parse::<Table>()
                .expect("this is TOML")
                .into();
        } else if name.starts_with("quest-")
            && let Some(dependency) = dependency.as_table_mut()
        {
            dependency.insert("features".into(), vec![Value::from("reference")].into());
        }
    }
}

/// Makes the path of every dependency absolute; `folder` is where it was relative to.
fn make_absolute(dependencies: Option<&mut Value>, folder: &Path) {
    let Some(dependencies) = dependencies.and_then(Value::as_table_mut) else { return };
    for (_, dependency) in dependencies.iter_mut() {
        if let Some(path) = dependency.get_mut("path")
            && let Some(relative) = path.as_str()
        {
            *path = folder.join(relative).display().to_string().into();
        }
    }
}

/// The course's versions hold on the stage, too. Cargo adds the stage's packages to its copy, which therefore is not compared.
fn copy_lock_file(root: &Path, stage: &Path) -> anyhow::Result<()> {
    let path = root.join("Cargo.lock");
    let Ok(lock) = fs::read(&path) else { return Ok(()) };
    let copied = stage.join("Cargo.lock.of-the-course");
    if fs::read(&copied).is_ok_and(|old| old == lock) && stage.join("Cargo.lock").exists() {
        return Ok(());
    }
    write_if_changed(&stage.join("Cargo.lock"), &lock)?;
    write_if_changed(&copied, &lock)
}

fn manifest(folder: &Path) -> anyhow::Result<Table> {
    let path = manifest_path(folder);
    let text = fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
    text.parse().with_context(|| format!("{} is no TOML", path.display()))
}

fn write_manifest(folder: &Path, manifest: &Table) -> anyhow::Result<()> {
    write_if_changed(&manifest_path(folder), manifest.to_string().as_bytes())
}

fn manifest_path(folder: &Path) -> PathBuf {
    folder.join("Cargo.toml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stage_has_the_courses_dependencies_and_lints_and_builds_little() {
        let manifest: Table = "
            [workspace]
            members = [\"quest-*\"]
            [workspace.dependencies]
            timeline = { path = \"timeline\" }
            insta = \"1\"
            [workspace.lints.rust]
            unsafe_code = \"forbid\"
            [profile.dev]
            debug = true
        "
        .parse()
        .unwrap();
        let staged = workspace(&manifest, Path::new("/course"), &["a--stub".to_owned()]).unwrap();
        let timeline = Path::new("/course").join("timeline").display().to_string();
        assert_eq!(staged["workspace"]["members"][0].as_str(), Some("a--stub"));
        assert_eq!(staged["workspace"]["dependencies"]["timeline"]["path"].as_str(), Some(timeline.as_str()));
        assert_eq!(staged["workspace"]["dependencies"]["insta"].as_str(), Some("1"));
        assert_eq!(staged["workspace"]["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
        assert_eq!(staged["profile"]["dev"]["debug"].as_bool(), Some(false));
    }
}
