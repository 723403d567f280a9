//! What a platform needs to run the grader: Gradescope's autograder, and the two repositories for GitHub Classroom.
//!
//! [`course_copy`] selects the files of the instructors' copy; the learners' copy is the [`crate::handout`].

pub mod classroom;
mod course_copy;
pub mod gradescope;
mod zip_archive;
