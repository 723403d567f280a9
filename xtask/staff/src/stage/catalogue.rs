//! The stage of the catalogue, in `target/stage`: every program that is kept to try the tests on is a package of its own.
//!
//! Each package is the quest with another `learner.rs`: the same library and manifest, and the pristine tests where they are.
//! One cargo builds them all.

use super::lock_file;
use super::manifests::{self, dependencies};
use super::tree::Tree;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::{Table, Value};
use xtask::course::{Course, Quest};
use xtask::engine::cargo_build::{self, BuildOutput, BuildRequest, TargetKind};

/// One program on the stage.
#[derive(Debug)]
pub struct StagedProgram<'a> {
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
pub fn build(course: &Course, entries: &[StagedProgram]) -> anyhow::Result<BuildOutput> {
    let stage = folder(course);
    let members = || entries.iter().map(|entry| entry.package.as_str());
    let mut tree = Tree::default();
    let mut workspace = manifests::workspace(course, members())?;
    if let Some(workspace) = workspace["workspace"].as_table_mut() {
        make_absolute(workspace, &course.root);
    }
    tree.add("Cargo.toml", workspace.to_string());
    for entry in entries {
        let folder = Path::new(&entry.package);
        tree.add(folder.join("Cargo.toml"), manifest(entry)?.to_string());
        for file in ["README.md", "src/lib.rs"] {
            tree.add_file(folder.join(file), entry.quest.folder.join(file));
        }
        tree.add(folder.join("src").join("learner.rs"), entry.learner.as_slice());
    }
    tree.write(&stage)?;
    lock_file::copy(&course.root, &stage)?;
    cargo_build::build(&BuildRequest {
        root: &stage,
        target: stage.join("target"),
        packages: members().map(str::to_owned).collect(),
        features: Vec::new(),
        needs: BTreeMap::new(),
        default_features: true,
        what: TargetKind::Tests,
        isolation: None,
    })
}

/// The quest's manifest for a package on the stage: no solutions, no demo, and the tests where they are.
fn manifest(entry: &StagedProgram) -> anyhow::Result<Table> {
    let quest = entry.quest;
    let mut manifest = manifests::quest(quest, &entry.package)?;
    let tests = quest.folder.join("tests").join("quest.rs").display().to_string();
    manifest.insert("test".into(), manifests::test_target(&tests));
    // The feature stays, for `cfg(feature = "reference")` in the library, but nothing that it would bring.
    if let Some(features) = manifest.get_mut("features").and_then(Value::as_table_mut) {
        features.insert("reference".into(), Value::Array(Vec::new()));
    }
    for kind in ["dependencies", "dev-dependencies"] {
        if let Some(dependencies) = manifest.get_mut(kind).and_then(Value::as_table_mut) {
            dependencies.remove("solutions");
        }
        run_on_the_references(&mut manifest, kind);
    }
    make_absolute(&mut manifest, &quest.folder);
    Ok(manifest)
}

/// A program on the stage that runs on another quest's code runs on the solution of that quest, not on the learner's.
fn run_on_the_references(manifest: &mut Table, kind: &str) {
    for (_, dependency) in dependencies(manifest, kind).filter(|(name, _)| name.starts_with("quest-")) {
        if let Some(dependency) = dependency.as_table_mut() {
            dependency.insert("features".into(), vec![Value::from("reference")].into());
        }
    }
}

/// Makes the path of every dependency absolute; `folder` is where it was relative to.
fn make_absolute(manifest: &mut Table, folder: &Path) {
    for kind in ["dependencies", "dev-dependencies"] {
        for (_, dependency) in dependencies(manifest, kind) {
            if let Some(path) = dependency.get_mut("path")
                && let Some(relative) = path.as_str()
            {
                *path = folder.join(relative).display().to_string().into();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_become_absolute() {
        let mut manifest: Table = "[dependencies]\ntimeline = { path = \"timeline\" }\ninsta = \"1\"".parse().unwrap();
        make_absolute(&mut manifest, Path::new("/course"));
        let timeline = Path::new("/course").join("timeline").display().to_string();
        assert_eq!(manifest["dependencies"]["timeline"]["path"].as_str(), Some(timeline.as_str()));
        assert_eq!(manifest["dependencies"]["insta"].as_str(), Some("1"));
    }
}
