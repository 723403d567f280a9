//! The runner at work on a small course of two quests, in `tests/fixture`.

mod check;
mod commands;
mod course;
mod endings;
mod old_cargo;
mod rejected;
