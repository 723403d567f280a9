//! GitHub Classroom: two repositories, since learners can read all that their own repository's workflow can.
//!
//! Classroom copies the template repository for each learner, and learners may change their copy's workflow. A secret that the
//! workflow gets, whoever sets it, or a private repository that it can read, is theirs to read, too. Therefore:
//!
//! - [`ASSIGNMENT`], the template, is the [`crate::handout`] with a workflow that checks the visible tests. It has no secret.
//!   Learners could forge its points, as they could any that Classroom shows, so they are feedback and no grade.
//! - [`GRADER`], a private repository of the instructors, has solutions and seed. Its workflow clones the learners' repositories
//!   and grades them with hidden scenarios.

use super::course_copy;
use crate::handout;
use crate::handout::draft::Draft;
use crate::stage::tree::Tree;
use std::path::Path;
use xtask::course::Course;

/// The folder of the template repository.
pub const ASSIGNMENT: &str = "assignment";
/// The folder of the private repository.
pub const GRADER: &str = "grader";

const CHECK: (&str, &str) = (".github/workflows/classroom.yml", include_str!("classroom/classroom.yml"));
const GRADE: (&str, &str) = (".github/workflows/grade.yml", include_str!("classroom/grade.yml"));

/// Writes both repositories to a new folder, and returns notes for the instructor about them.
pub fn write(course: &Course, folder: &Path) -> anyhow::Result<Vec<String>> {
    let draft = Draft::begin(&course.root, folder)?;
    let mut grader = Tree::default();
    course_copy::add(&mut grader, course, Path::new(""))?;
    grader.add(GRADE.0, GRADE.1);
    grader.write(&draft.folder().join(GRADER))?;
    let mut assignment = Tree::default();
    assignment.add(CHECK.0, CHECK.1);
    handout::write_with(course, &draft.folder().join(ASSIGNMENT), assignment)?;
    draft.finish()?;
    course_copy::notes_about(course)
}
