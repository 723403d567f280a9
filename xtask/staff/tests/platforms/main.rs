//! Classes of forty as the platforms deliver them, graded by the real program with one command each: nothing is
//! renamed, unpacked or converted. Every score must be right, everything else must be named with its reason, and a
//! platform's own grade book must come back as it was but for the new scores.
//!
//! `forms` has the ways in which a single submission may come, and those that nobody can grade.
#![warn(clippy::pedantic)]

mod archives;
mod canvas;
mod classroom;
mod forms;
mod gradescope;
mod judge;
mod moodle;
mod people;
mod programs;
mod running;

use programs::Programs;

#[test]
fn moodles_class_of_forty() {
    moodle::is_graded_as_it_is_delivered(&Programs::of_the_course());
}

#[test]
fn canvas_class_of_forty() {
    canvas::is_graded_as_it_is_delivered(&Programs::of_the_course());
}

#[test]
fn gradescopes_class_of_forty() {
    gradescope::is_graded_as_it_is_delivered(&Programs::of_the_course());
}

#[test]
fn classrooms_class_of_forty() {
    let programs = Programs::of_the_course();
    classroom::is_graded_as_it_is_delivered(&programs);
    classroom::is_graded_from_the_outer_folder(&programs);
}

#[test]
fn nothing_that_is_not_recognized_becomes_a_number() {
    forms::nothing_unknown_is_a_number(&Programs::of_the_course());
}

#[test]
fn every_way_to_hand_in_is_graded() {
    forms::every_way_to_hand_in_is_graded(&Programs::of_the_course());
}
