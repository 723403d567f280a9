//! The manifests of generated workspaces: the course's, without what only a learner's copy needs.

use anyhow::Context as _;
use std::fs;
use std::path::Path;
use toml::{Table, Value};
use xtask::course::{Course, Quest, TestPackage};

/// The workspace's: the course's, with other members.
pub fn workspace<'m>(course: &Course, members: impl IntoIterator<Item = &'m str>) -> anyhow::Result<Table> {
    let mut root = read(&course.root)?;
    let workspace =
        root.get_mut("workspace").and_then(Value::as_table_mut).context("the root manifest has no [workspace]")?;
    workspace.insert("members".into(), members.into_iter().map(Value::from).collect::<Vec<_>>().into());
    workspace.remove("exclude");
    // Nobody debugs what is built here, most of it is built once, and a panic names its line without.
    let profile: Table = "dev.debug = false\ndev.incremental = false".parse().expect("this is TOML");
    root.insert("profile".into(), profile.into());
    Ok(root)
}

/// A quest's, as a package of this name without targets but its library.
pub fn quest(quest: &Quest, name: &str) -> anyhow::Result<Table> {
    without_targets(&quest.folder, name, &quest.crate_name())
}

/// That of a package below a quest's folder, under this name, without targets but its library.
pub fn test_package(package: &TestPackage, name: &str) -> anyhow::Result<Table> {
    without_targets(&package.folder, name, &package.name.replace('-', "_"))
}

fn without_targets(folder: &Path, name: &str, library: &str) -> anyhow::Result<Table> {
    let mut manifest = read(folder)?;
    let package =
        manifest.get_mut("package").and_then(Value::as_table_mut).context("a quest's manifest has no [package]")?;
    package.insert("name".into(), name.into());
    package.remove("metadata");
    for automatic in ["autobins", "autotests", "autobenches", "autoexamples"] {
        package.insert(automatic.into(), false.into());
    }
    remove(&mut manifest, &TARGETS);
    manifest.insert("lib".into(), Table::from_iter([("name".to_owned(), Value::from(library))]).into());
    Ok(manifest)
}

/// That of a library of the course, without its tests.
pub fn library(folder: &Path) -> anyhow::Result<Table> {
    let mut manifest = read(folder)?;
    remove(&mut manifest, &TARGETS);
    remove(&mut manifest, &["dev-dependencies"]);
    Ok(manifest)
}

/// A table of dependencies; an empty one where there is none.
pub fn dependencies<'m>(
    manifest: &'m mut Table,
    kind: &str,
) -> impl Iterator<Item = (&'m String, &'m mut Value)> + use<'m> {
    manifest.get_mut(kind).and_then(Value::as_table_mut).into_iter().flatten()
}

/// Whether a dependency is the solutions or a quest.
pub fn is_of_the_course(dependency: &str) -> bool {
    dependency == "solutions" || dependency.starts_with("quest-")
}

pub fn remove(table: &mut Table, names: &[&str]) {
    for name in names {
        table.remove(*name);
    }
}

/// A test target of this name.
pub fn test_target(path: &str) -> Value {
    let target = [("name", "quest"), ("path", path)].map(|(key, value)| (key.to_owned(), Value::from(value)));
    vec![Value::from(Table::from_iter(target))].into()
}

pub fn read(folder: &Path) -> anyhow::Result<Table> {
    let path = folder.join("Cargo.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
    text.parse().with_context(|| format!("{} is not TOML", path.display()))
}

const TARGETS: [&str; 4] = ["bench", "bin", "example", "test"];
