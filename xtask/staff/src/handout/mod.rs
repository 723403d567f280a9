//! The handout: the copy of the course that learners get, without solutions and without anything that reveals them.
//!
//! [`contents`] says which files belong to it, [`manifests`] and [`readme`] change what names the parts that are left out.
//! [`draft`] puts it in its place in one step.

mod contents;
mod draft;
mod lock;
mod manifests;
mod modules;
mod readme;

use anyhow::Context as _;
use draft::Draft;
use std::fs;
use std::path::Path;
use xtask::course::Course;

/// Writes the handout to a new folder, and says what is worth knowing about it.
pub fn write(course: &Course, to: &Path) -> anyhow::Result<Vec<String>> {
    let draft = Draft::begin(&course.root, to)?;
    for file in contents::files(course)? {
        put(draft.folder(), &file, &read(&course.root.join(&file))?)?;
    }
    for quest in &course.quests {
        put(draft.folder(), course.relative(&quest.learner()), &read(&quest.stub())?)?;
    }
    for (file, edit) in EDITED {
        let text = fs::read_to_string(course.root.join(file)).with_context(|| format!("could not read {file}"))?;
        let text = edit(&text).with_context(|| format!("{file} is not as the handout needs it"))?;
        put(draft.folder(), Path::new(file), text.as_bytes())?;
    }
    lock::prune(draft.folder())?;
    draft.finish()?;
    notes(course)
}

type Edit = fn(&str) -> anyhow::Result<String>;

/// The files that are handed out with changes.
const EDITED: [(&str, Edit); 6] = [
    ("Cargo.lock", |text| Ok(text.to_owned())),
    ("Cargo.toml", manifests::of_workspace),
    ("README.md", readme::for_learners),
    ("solutions/Cargo.toml", manifests::of_solutions),
    ("solutions/src/lib.rs", |_| Ok(NO_SOLUTIONS.to_owned())),
    ("xtask/Cargo.toml", manifests::of_runner),
];

/// The library in place of the solutions. Without it no quest could be built: cargo wants every dependency to be there, used
/// or not.
const NO_SOLUTIONS: &str = "\
//! The solutions are not in this copy of the course.

#[cfg(feature = \"reference\")]
compile_error!(
    \"this copy of the course holds no solutions: it was handed out to learners. Build without the feature `reference`\"
);
";

/// What an instructor may not have meant.
fn notes(course: &Course) -> anyhow::Result<Vec<String>> {
    let mut notes: Vec<String> = contents::strangers(course)?
        .into_iter()
        .map(|name| format!("{name} was left out: it is no part of the course."))
        .collect();
    for quest in &course.quests {
        let learner = quest.learner();
        if fs::read(&learner).ok() != Some(read(&quest.stub())?) {
            notes.push(format!(
                "{} holds work of yours or is missing. The handout has the starting point in its place.",
                course.display_path(&learner)
            ));
        }
    }
    Ok(notes)
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("could not read {}", path.display()))
}

fn put(folder: &Path, file: &Path, content: &[u8]) -> anyhow::Result<()> {
    let path = folder.join(file);
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(&path, content))
        .with_context(|| format!("could not write {}", path.display()))
}
