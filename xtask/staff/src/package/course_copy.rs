//! The instructors' copy of the course: all of it, with solutions and grader, except for what belongs to this machine or to the
//! course's own repository.

use crate::handout::{contents, notes};
use crate::stage::tree::Tree;
use std::ffi::OsStr;
use std::path::Path;
use xtask::course::Course;

/// Left out at the top of the course. The workflows of `.github` test the course itself.
const LEFT_OUT: [&str; 7] = [".ci", ".course", ".devcontainer", ".git", ".github", ".vscode", "target"];

/// Left out in every folder: what cargo, the runner and the grader write, and what desktops do.
const LEFT_OUT_BELOW: [&str; 5] = [".DS_Store", ".course", ".git", "grades", "target"];

/// Adds the course to the tree, below the folder `to`. Every learner's file is the stub.
pub fn add(tree: &mut Tree, course: &Course, to: &Path) -> anyhow::Result<()> {
    let is_left_out =
        |path: &Path| path.file_name().and_then(OsStr::to_str).is_some_and(|name| LEFT_OUT_BELOW.contains(&name));
    let top = contents::top_level(course)?.of_course;
    for name in top.iter().filter(|name| !LEFT_OUT.contains(&name.as_str())) {
        let from = course.root.join(name);
        if from.is_dir() {
            tree.add_folder(&to.join(name), &from, &is_left_out)?;
        } else {
            tree.add_file(to.join(name), from);
        }
    }
    for quest in &course.quests {
        tree.add_file(to.join(course.relative(&quest.learner())), quest.stub());
    }
    Ok(())
}

/// What an instructor may not have intended.
pub fn notes_about(course: &Course) -> anyhow::Result<Vec<String>> {
    notes(course, "The package")
}
