//! The stage: a generated workspace in `target/stage`, in which every program to judge is a package of its own.
//!
//! Each package is the quest with another `learner.rs`: the same library, manifest and pristine tests. One cargo builds them all.
//! A file is rewritten only when it changes, so that a second run builds only what changed.

use super::cargo_build::{self, BuildOutput, BuildRequest, TargetKind};
use crate::course::{Course, Quest};
use crate::files::write_if_changed;
use anyhow::Context as _;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// One `learner.rs` on the stage.
#[derive(Debug)]
pub struct Entry<'a> {
    pub quest: &'a Quest,
    /// The name of the package: `quest-03-queue--solution`
    pub package: String,
    pub learner: Vec<u8>,
}

/// The folder of the stage.
pub fn folder(course: &Course) -> PathBuf {
    course.root.join("target").join("stage")
}

/// Puts the entries on the stage and builds their tests.
pub fn build(course: &Course, entries: &[Entry]) -> anyhow::Result<BuildOutput> {
    let stage = folder(course);
    let root = manifest(&course.root)?;
    let members: Vec<&str> = entries.iter().map(|entry| entry.package.as_str()).collect();
    write_manifest(&stage, &workspace(&root, &course.root, &members)?)?;
    copy_lock_file(&course.root, &stage)?;
    for entry in entries {
        let folder = stage.join(&entry.package);
        write_manifest(&folder, &package(entry)?)?;
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
        packages: members.into_iter().map(str::to_owned).collect(),
        features: Vec::new(),
        needs: BTreeMap::new(),
        default_features: true,
        what: TargetKind::Tests,
        isolation: None,
    })
}

/// The root manifest of the stage: the course's, with other members, and with paths that hold from there.
fn workspace(manifest: &Table, root: &Path, members: &[&str]) -> anyhow::Result<Table> {
    let mut workspace =
        manifest.get("workspace").and_then(Value::as_table).context("the root manifest has no [workspace]")?.clone();
    workspace.insert("members".into(), members.iter().map(|member| Value::from(*member)).collect::<Vec<_>>().into());
    workspace.remove("exclude");
    make_absolute(workspace.get_mut("dependencies"), root);
    let mut staged = Table::new();
    staged.insert("workspace".into(), workspace.into());
    // Nobody debugs hundreds of programs, and most of them are built once.
    let profile: Table = "dev.debug = false\ndev.incremental = false".parse().expect("this is TOML");
    staged.insert("profile".into(), profile.into());
    Ok(staged)
}

/// The quest's manifest for a package on the stage: no solutions, no demo, and the tests where they are.
fn package(entry: &Entry) -> anyhow::Result<Table> {
    let quest = entry.quest;
    let mut manifest = manifest(&quest.folder)?;
    let package =
        manifest.get_mut("package").and_then(Value::as_table_mut).context("a quest's manifest has no [package]")?;
    package.insert("name".into(), entry.package.clone().into());
    package.remove("metadata");
    for automatic in ["autobins", "autotests"] {
        package.insert(automatic.into(), false.into());
    }
    manifest.remove("bin");
    manifest.insert("lib".into(), Table::from_iter([("name".to_owned(), Value::from(quest.crate_name()))]).into());
    let tests = quest.folder.join("tests").join("quest.rs").display().to_string();
    let test = Table::from_iter([("name".to_owned(), Value::from("quest")), ("path".to_owned(), tests.into())]);
    manifest.insert("test".into(), vec![Value::from(test)].into());
    // The feature stays, for `cfg(feature = "reference")` in the library, but what it would bring does not.
    if let Some(features) = manifest.get_mut("features").and_then(Value::as_table_mut) {
        features.insert("reference".into(), Value::Array(Vec::new()));
    }
    for kind in ["dependencies", "dev-dependencies"] {
        if let Some(dependencies) = manifest.get_mut(kind).and_then(Value::as_table_mut) {
            dependencies.remove("solutions");
        }
        make_absolute(manifest.get_mut(kind), &quest.folder);
        run_on_the_references(manifest.get_mut(kind));
    }
    Ok(manifest)
}

/// A program on the stage that runs on another quest's code runs on the solution of that quest, not on the learner's.
fn run_on_the_references(dependencies: Option<&mut Value>) {
    let Some(dependencies) = dependencies.and_then(Value::as_table_mut) else { return };
    for (name, dependency) in dependencies.iter_mut() {
        if name.starts_with("quest-")
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
        let staged = workspace(&manifest, Path::new("/course"), &["a--stub"]).unwrap();
        let timeline = Path::new("/course").join("timeline").display().to_string();
        assert_eq!(staged["workspace"]["members"][0].as_str(), Some("a--stub"));
        assert_eq!(staged["workspace"]["dependencies"]["timeline"]["path"].as_str(), Some(timeline.as_str()));
        assert_eq!(staged["workspace"]["dependencies"]["insta"].as_str(), Some("1"));
        assert_eq!(staged["workspace"]["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
        assert_eq!(staged["profile"]["dev"]["debug"].as_bool(), Some(false));
    }
}
