//! The copy of the course that `ci` works on, in `target/ci/course`.

use anyhow::Context as _;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use xtask::course::{Course, Quest};
use xtask::files::write_if_changed;

/// Folders of a checkout that are not the course.
const NOT_COPIED: [&str; 3] = [".course", ".git", "target"];

/// Brings the copy up to date and says where it is. What has not changed keeps its time stamp, so that little is built again.
pub fn refresh(course: &Course) -> anyhow::Result<PathBuf> {
    let copy = course.root.join("target").join("ci").join("course");
    copy_folder(course, &course.root, &copy)?;
    Ok(copy)
}

fn copy_folder(course: &Course, from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| format!("could not make the folder {}", to.display()))?;
    let mut kept = BTreeSet::new();
    for entry in read_folder(from)? {
        let path = entry.path();
        let name = entry.file_name();
        if NOT_COPIED.iter().any(|other| name == *other) {
            continue;
        }
        let kind = entry.file_type().with_context(|| format!("could not look at {}", path.display()))?;
        if kind.is_dir() {
            copy_folder(course, &path, &to.join(&name))?;
        } else if kind.is_file() {
            let source = course.quests.iter().find(|quest| quest.learner() == path).map_or(path, Quest::stub);
            let content = fs::read(&source).with_context(|| format!("could not read {}", source.display()))?;
            write_if_changed(&to.join(&name), &content)?;
        }
        kept.insert(name);
    }
    for quest in course.quests.iter().filter(|quest| quest.learner().parent() == Some(from)) {
        // A learner's file that is missing is the learner's affair, too.
        let stub = fs::read(quest.stub()).with_context(|| format!("could not read {}", quest.stub().display()))?;
        write_if_changed(&to.join("learner.rs"), &stub)?;
        kept.insert("learner.rs".into());
    }
    remove_all_but(&kept, to)
}

/// What was removed from the course must not live on in the copy.
fn remove_all_but(kept: &BTreeSet<OsString>, folder: &Path) -> anyhow::Result<()> {
    for entry in read_folder(folder)? {
        if kept.contains(&entry.file_name()) || entry.file_name() == "target" {
            continue;
        }
        let path = entry.path();
        if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }
            .with_context(|| format!("could not remove {}", path.display()))?;
    }
    Ok(())
}

fn read_folder(folder: &Path) -> anyhow::Result<Vec<fs::DirEntry>> {
    fs::read_dir(folder)
        .and_then(Iterator::collect)
        .with_context(|| format!("could not read the folder {}", folder.display()))
}
