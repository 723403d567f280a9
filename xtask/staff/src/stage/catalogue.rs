//! The stage of the catalogue, in `target/stage`: every program that is kept to try the tests on is a package of its own.
//!
//! Each package is the quest with another `learner.rs`: the same library and manifest, and the pristine tests where they are.
//! One cargo builds them all.

use super::lock_file;
use super::manifests::{self, dependencies};
use super::tree::Tree;
use std::path::{Path, PathBuf};
use toml::{Table, Value};
use xtask::course::{Course, Quest, TestPackage};
use xtask::engine::cargo_build::{self, BuildOutput, BuildRequest, TargetKind};

/// One program on the stage.
#[derive(Debug)]
pub struct StagedProgram<'a> {
    pub quest: &'a Quest,
    /// What is added to the names of the quest's packages: `--solution`
    pub suffix: String,
    pub learner: Vec<u8>,
}

impl StagedProgram<'_> {
    /// `quest-03-queue--solution`
    pub fn package(&self, package: &TestPackage) -> String {
        format!("{}{}", package.name, self.suffix)
    }

    fn packages(&self) -> impl Iterator<Item = String> {
        self.quest.packages.iter().map(|package| self.package(package))
    }
}

/// The folder of the stage.
pub fn folder(course: &Course) -> PathBuf {
    course.root.join("target").join("stage")
}

/// Puts the entries on the stage and builds their tests.
pub fn build(course: &Course, entries: &[StagedProgram]) -> anyhow::Result<BuildOutput> {
    let stage = folder(course);
    let members: Vec<String> = entries.iter().flat_map(StagedProgram::packages).collect();
    let mut tree = Tree::default();
    let mut workspace = manifests::workspace(course, members.iter().map(String::as_str))?;
    if let Some(workspace) = workspace["workspace"].as_table_mut() {
        make_absolute(workspace, &course.root);
    }
    tree.add("Cargo.toml", workspace.to_string());
    for entry in entries {
        for package in &entry.quest.packages {
            let folder = PathBuf::from(entry.package(package));
            tree.add(folder.join("Cargo.toml"), manifest(entry, package)?.to_string());
            tree.add(folder.join("src").join("lib.rs"), "//! Nothing: the package is its test.\n");
        }
        let folder = PathBuf::from(entry.package(entry.quest.own_package()));
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
        packages: members,
        features: Vec::new(),
        libraries: entries.iter().flat_map(libraries).collect(),
        what: TargetKind::Tests,
        isolation: None,
    })
}

/// For each package of an entry, those whose code it runs on.
fn libraries(entry: &StagedProgram) -> impl Iterator<Item = (String, Vec<String>)> {
    let own = entry.package(entry.quest.own_package());
    entry.packages().map(move |package| (package, vec![own.clone()]))
}

/// The manifest of a quest's package for the stage: no solutions, no demo, and the tests where they are.
fn manifest(entry: &StagedProgram, package: &TestPackage) -> anyhow::Result<Table> {
    let own = entry.quest.own_package();
    let name = entry.package(package);
    let mut manifest = if package.name == own.name {
        manifests::quest(entry.quest, &name)?
    } else {
        manifests::test_package(package, &name)?
    };
    manifest.insert("test".into(), manifests::test_target(&package.tests().display().to_string()));
    // The feature stays, for `cfg(feature = "reference")` in the library, but nothing that it would bring.
    if let Some(features) = manifest.get_mut("features").and_then(Value::as_table_mut) {
        features.insert("reference".into(), Value::Array(Vec::new()));
    }
    for kind in ["dependencies", "dev-dependencies"] {
        if let Some(dependencies) = manifest.get_mut(kind).and_then(Value::as_table_mut) {
            dependencies.remove("solutions");
        }
    }
    make_absolute(&mut manifest, &package.folder);
    for kind in ["dependencies", "dev-dependencies"] {
        run_on_the_references(&mut manifest, kind, &own.name, &entry.package(own));
    }
    Ok(manifest)
}

/// A program on the stage runs on the code of its entry, and on the solution of any other quest, not on the learner's.
fn run_on_the_references(manifest: &mut Table, kind: &str, own: &str, staged: &str) {
    for (name, dependency) in dependencies(manifest, kind).filter(|(name, _)| name.starts_with("quest-")) {
        if name == own {
            let path = [("package", staged.to_owned()), ("path", format!("../{staged}"))];
            *dependency = Table::from_iter(path.map(|(key, value)| (key.to_owned(), Value::from(value)))).into();
        } else if let Some(dependency) = dependency.as_table_mut() {
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
