//! Which files belong to the handout: those that are listed here, and the modules that they declare. Nothing else in the course's
//! folder is copied.

use super::modules;
use anyhow::Context as _;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use xtask::course::{Course, Quest};

/// The files that are copied unchanged, relative to the course's folder.
pub fn files(course: &Course) -> anyhow::Result<BTreeSet<PathBuf>> {
    let mut files: BTreeSet<PathBuf> = FILES.iter().map(PathBuf::from).collect();
    for root in ROOTS {
        files.extend(modules::below(&course.root, Path::new(root))?);
    }
    for quest in &course.quests {
        files.extend(of_quest(course, quest)?);
    }
    Ok(files)
}

/// The names at the top of the course's folder.
#[derive(Debug, Default)]
pub struct TopLevel {
    /// Sorted.
    pub of_course: Vec<String>,
    /// Those that are not part of the course; sorted.
    pub strangers: Vec<String>,
}

/// Lists the top of the course's folder.
pub fn top_level(course: &Course) -> anyhow::Result<TopLevel> {
    let mut top = TopLevel::default();
    for entry in fs::read_dir(&course.root).with_context(|| format!("could not read {}", course.root.display()))? {
        let name = entry.with_context(|| format!("could not read {}", course.root.display()))?.file_name();
        let name = name.to_string_lossy();
        let is_of_course = FILES.iter().any(|file| Path::new(file).starts_with(&*name))
            || OTHERS.contains(&&*name)
            || course.quests.iter().any(|quest| quest.package == name);
        if is_of_course { &mut top.of_course } else { &mut top.strangers }.push(name.into_owned());
    }
    top.of_course.sort();
    top.strangers.sort();
    Ok(top)
}

/// The crates that are copied with all their modules.
const ROOTS: [&str; 5] = [
    "timeline/src/lib.rs",
    "timeline/observe/src/lib.rs",
    "xtask/src/lib.rs",
    "xtask/src/main.rs",
    "xtask/watch/src/main.rs",
];

/// Copied unchanged.
const FILES: [&str; 21] = [
    ".cargo/config.toml",
    ".config/insta.yaml",
    ".config/nextest.toml",
    ".devcontainer/devcontainer.json",
    ".gitattributes",
    ".gitignore",
    ".vscode/extensions.json",
    ".vscode/settings.json",
    ".vscode/tasks.json",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "quest-10-pipeline/access.log",
    "rustfmt.toml",
    "timeline/README.md",
    "timeline/observe/Cargo.toml",
    "xtask/src/main.rs",
    "xtask/check-report.schema.json",
    "xtask/watch/Cargo.toml",
    "xtask/src/picture/export/page.css",
    "xtask/src/picture/export/page.js",
    "xtask/src/picture/export/svg.css",
];

/// Copied with changes, or known and not copied.
const OTHERS: [&str; 14] = [
    ".ci",
    ".course",
    ".git",
    ".github",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CITATION.cff",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "README.md",
    "deploy",
    "solutions",
    "target",
];

/// A quest's files, except for the learner's.
fn of_quest(course: &Course, quest: &Quest) -> anyhow::Result<Vec<PathBuf>> {
    let folder = Path::new(&quest.package);
    let named = ["README.md", "hints.md", "reference-run.txt", "stub.rs"];
    let snapshots = quest.tests().map(|(_, test)| course.relative(&quest.snapshot(&test.name)).to_owned());
    let mut files: Vec<PathBuf> = named.iter().map(|file| folder.join(file)).chain(snapshots).collect();
    for package in &quest.packages {
        let folder = course.relative(&package.folder);
        files.extend(["Cargo.toml", "src/lib.rs"].map(|file| folder.join(file)));
        files.extend(modules::below(&course.root, course.relative(&package.tests()))?);
    }
    files.push(course.relative(&quest.demo_package().demo()).to_owned());
    Ok(files)
}
