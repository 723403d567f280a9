//! The copy of the course that `ci` works on, in `target/ci/course`.

use anyhow::Context as _;
use staff::stage::tree::Tree;
use std::path::{Path, PathBuf};
use xtask::course::Course;

/// Folders of a checkout that are not part of the course.
const NOT_COPIED: [&str; 3] = [".course", ".git", "target"];

/// Brings the copy up to date and returns its folder. What has not changed keeps its time stamp, so that little is built again.
pub fn refresh(course: &Course) -> anyhow::Result<PathBuf> {
    let copy = course.root.join("target").join("ci").join("course");
    let is_left_out = |path: &Path| NOT_COPIED.iter().any(|name| path.file_name().is_some_and(|file| file == *name));
    let mut tree = Tree::default();
    tree.add_folder(Path::new(""), &course.root, &is_left_out)?;
    for quest in &course.quests {
        // Even if the learner's file is missing.
        tree.add_file(course.relative(&quest.learner()), quest.stub());
    }
    tree.sync_to(&copy, &["target"]).context("could not copy the course")?;
    Ok(copy)
}
