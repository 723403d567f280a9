//! The handout: the copy of the course that learners get, without solutions and without anything that reveals them.
//!
//! [`contents`] lists its files, [`manifests`] and [`readme`] edit files that mention omitted parts, and [`draft`] writes it
//! atomically.

pub mod contents;
pub mod draft;
mod manifests;
mod modules;
mod readme;

use crate::stage::lock_file;
use crate::stage::tree::{Tree, read};
use anyhow::Context as _;
use draft::Draft;
use std::fs;
use std::path::Path;
use xtask::course::Course;

/// Writes the handout to a new folder, and returns notes for the instructor about it.
pub fn write(course: &Course, to: &Path) -> anyhow::Result<Vec<String>> {
    write_with(course, to, Tree::default())
}

/// The same, with the files of `tree` added.
pub fn write_with(course: &Course, to: &Path, mut tree: Tree) -> anyhow::Result<Vec<String>> {
    let draft = Draft::begin(&course.root, to)?;
    for file in contents::files(course)? {
        let from = course.root.join(&file);
        tree.add_file(file, from);
    }
    for quest in &course.quests {
        tree.add_file(course.relative(&quest.learner()), quest.stub());
    }
    for (file, edit) in EDITED {
        let text = fs::read_to_string(course.root.join(file)).with_context(|| format!("could not read {file}"))?;
        tree.add(file, edit(&text).with_context(|| format!("could not edit {file} for the handout"))?);
    }
    tree.write(draft.folder())?;
    lock_file::prune(draft.folder())?;
    draft.finish()?;
    notes(course, "The handout")
}

type Edit = fn(&str) -> anyhow::Result<String>;

/// The files that are copied with changes.
const EDITED: [(&str, Edit); 7] = [
    ("Cargo.lock", |text| Ok(text.to_owned())),
    ("Cargo.toml", manifests::of_workspace),
    ("README.md", readme::for_learners),
    ("solutions/Cargo.toml", manifests::of_solutions),
    ("solutions/src/lib.rs", |_| Ok(NO_SOLUTIONS.to_owned())),
    ("timeline/Cargo.toml", manifests::without_benches),
    ("xtask/Cargo.toml", manifests::without_benches),
];

/// The library that replaces the solutions. Without it no quest could be built: cargo requires every dependency to exist, even an
/// unused one.
const NO_SOLUTIONS: &str = "\
//! This copy of the course contains no solutions.

#[cfg(feature = \"reference\")]
compile_error!(
    \"this copy of the course is for learners and contains no solutions. Build without the feature `reference`\"
);
";

/// What an instructor may not have intended in this copy of the course, `The handout` for example.
pub fn notes(course: &Course, copy: &str) -> anyhow::Result<Vec<String>> {
    let mut notes: Vec<String> = contents::top_level(course)?
        .strangers
        .into_iter()
        .map(|name| format!("{name} was left out: it is not part of the course."))
        .collect();
    for quest in &course.quests {
        let learner = quest.learner();
        if fs::read(&learner).ok() != Some(read(&quest.stub())?) {
            notes.push(format!(
                "{} has been edited or is missing. {copy} contains the stub instead.",
                course.display_path(&learner)
            ));
        }
    }
    Ok(notes)
}
