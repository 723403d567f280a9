//! The watcher at work in a pseudo terminal, and without one, on the runner's small course.
#![cfg(unix)]

#[path = "../../../tests/cli/course.rs"]
#[allow(dead_code, reason = "the runner's tests use all of it")]
mod course;
mod endings;
mod lines;
mod saves;
mod terminal;
