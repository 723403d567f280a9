//! The stage's manifests: the course's, without what only a learner's copy needs.

use super::PROGRAM;
use anyhow::Context as _;
use std::fs;
use std::path::Path;
use toml::{Table, Value};
use xtask::course::{Course, Quest, TestPackage};
use xtask::files::write_if_changed;

/// Writes all of them, and the course's `Cargo.lock`.
pub fn write(course: &Course, stage: &Path) -> anyhow::Result<()> {
    let mut program = Table::new();
    let mut dependencies = Table::new();
    for quest in &course.quests {
        let manifest = read(&quest.folder)?;
        for kind in ["dependencies", "dev-dependencies"] {
            for (name, dependency) in manifest.get(kind).and_then(Value::as_table).into_iter().flatten() {
                if !is_of_the_course(name) {
                    let mut dependency = dependency.clone();
                    if let Some(table) = dependency.as_table_mut() {
                        table.remove("optional");
                    }
                    dependencies.insert(name.clone(), dependency);
                }
            }
        }
        dependencies.insert(quest.package.clone(), path_to(&format!("../{}", quest.package)));
        for package in quest.other_packages() {
            write_table(&stage.join(course.relative(&package.folder)), &of_test_package(package)?)?;
        }
        write_table(&stage.join(&quest.package), &of_quest(quest, manifest)?)?;
    }
    // Nobody compares within the process, so insta need not be compiled for each test.
    dependencies.remove("insta");
    dependencies.insert("observe".into(), judged());
    program.insert("package".into(), package_of_program(course)?.into());
    program.insert("lib".into(), Table::from_iter([("path".to_owned(), Value::from("lib.rs"))]).into());
    let test = [("name", "quest"), ("path", "all.rs")].map(|(name, value)| (name.to_owned(), Value::from(value)));
    program.insert("test".into(), vec![Value::from(Table::from_iter(test))].into());
    program.insert("dependencies".into(), dependencies.into());
    let lints = Table::from_iter([("workspace".to_owned(), Value::from(true))]);
    program.insert("lints".into(), lints.into());
    write_table(&stage.join(PROGRAM), &program)?;
    for part in ["timeline", "timeline/observe"] {
        let mut manifest = read(&course.root.join(part))?;
        remove(&mut manifest, &["dev-dependencies", "bench", "test", "example"]);
        write_table(&stage.join(part), &manifest)?;
    }
    write_table(stage, &workspace(course)?)?;
    copy_lock_file(course, stage)
}

fn workspace(course: &Course) -> anyhow::Result<Table> {
    let mut root = read(&course.root)?;
    let workspace =
        root.get_mut("workspace").and_then(Value::as_table_mut).context("the root manifest has no [workspace]")?;
    let packages = course.quests.iter().flat_map(|quest| &quest.packages);
    let packages = packages.map(|package| course.display_path(&package.folder));
    let members: Vec<Value> = ["timeline", "timeline/observe", PROGRAM]
        .into_iter()
        .map(Value::from)
        .chain(packages.map(Value::from))
        .collect();
    workspace.insert("members".into(), members.into());
    workspace.remove("exclude");
    if let Some(dependencies) = workspace.get_mut("dependencies").and_then(Value::as_table_mut) {
        dependencies.retain(|name, _| !is_of_the_course(name));
    }
    // Nobody debugs what is built here, and a panic names its line without.
    let profile: Table = "dev.debug = false\ndev.incremental = false".parse().expect("this is TOML");
    root.insert("profile".into(), profile.into());
    Ok(root)
}

fn of_quest(quest: &Quest, mut manifest: Table) -> anyhow::Result<Table> {
    remove(&mut manifest, &["dev-dependencies", "bin", "test", "bench", "example"]);
    let package =
        manifest.get_mut("package").and_then(Value::as_table_mut).context("a quest's manifest has no [package]")?;
    package.remove("metadata");
    for automatic in ["autobins", "autotests", "autobenches", "autoexamples"] {
        package.insert(automatic.into(), false.into());
    }
    manifest.insert("lib".into(), Table::from_iter([("name".to_owned(), Value::from(quest.crate_name()))]).into());
    // The features stay, for the library's `cfg`, but what they would bring does not.
    for (_, feature) in manifest.get_mut("features").and_then(Value::as_table_mut).into_iter().flatten() {
        *feature = Value::Array(Vec::new());
    }
    if let Some(dependencies) = manifest.get_mut("dependencies").and_then(Value::as_table_mut) {
        dependencies.retain(|name, _| !is_of_the_course(name));
    }
    Ok(manifest)
}

/// A package that holds tests of a quest, beside the quest's own.
fn of_test_package(package: &TestPackage) -> anyhow::Result<Table> {
    let mut manifest = read(&package.folder)?;
    remove(&mut manifest, &["features"]);
    let table = manifest.get_mut("package").and_then(Value::as_table_mut);
    table.context("a test package's manifest has no [package]")?.insert("autoexamples".into(), false.into());
    let dependencies = manifest.get_mut("dev-dependencies").and_then(Value::as_table_mut);
    let dependencies = dependencies.context("a test package depends on nothing")?;
    dependencies.remove("insta");
    dependencies.insert("observe".into(), judged());
    for quest in &package.quests {
        dependencies.insert(quest.clone(), path_to(&format!("../../{quest}")));
    }
    Ok(manifest)
}

/// The package has the course's edition and version, as the quests have.
fn package_of_program(course: &Course) -> anyhow::Result<Table> {
    let first = course.quests.first().context("the course has no quest")?;
    let manifest = read(&first.folder)?;
    let mut package =
        manifest.get("package").and_then(Value::as_table).context("a quest's manifest has no [package]")?.clone();
    remove(&mut package, &["metadata", "description"]);
    package.insert("name".into(), PROGRAM.into());
    package.insert("autotests".into(), false.into());
    Ok(package)
}

/// The solutions, and other quests.
fn is_of_the_course(dependency: &str) -> bool {
    dependency == "solutions" || dependency.starts_with("quest-")
}

fn judged() -> Value {
    "workspace = true\nfeatures = [\"judged\"]".parse::<Table>().expect("this is TOML").into()
}

fn path_to(path: &str) -> Value {
    Table::from_iter([("path".to_owned(), Value::from(path))]).into()
}

fn remove(table: &mut Table, names: &[&str]) {
    for name in names {
        table.remove(*name);
    }
}

/// The course's versions hold on the stage. Cargo takes out what the stage does not need, so the copy is not compared.
fn copy_lock_file(course: &Course, stage: &Path) -> anyhow::Result<()> {
    let path = course.root.join("Cargo.lock");
    let lock = fs::read(&path).with_context(|| format!("could not read {}", path.display()))?;
    let copied = stage.join("Cargo.lock.of-the-course");
    if fs::read(&copied).is_ok_and(|old| old == lock) && stage.join("Cargo.lock").exists() {
        return Ok(());
    }
    write_if_changed(&stage.join("Cargo.lock"), &lock)?;
    write_if_changed(&copied, &lock)
}

fn read(folder: &Path) -> anyhow::Result<Table> {
    let path = folder.join("Cargo.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
    text.parse().with_context(|| format!("{} is no TOML", path.display()))
}

fn write_table(folder: &Path, manifest: &Table) -> anyhow::Result<()> {
    write_if_changed(&folder.join("Cargo.toml"), manifest.to_string().as_bytes())
}
