//! The runner at work on a small course of two quests, in `tests/fixture`.

mod cargo_settings;
mod check;
mod commands;
mod course;
mod endings;
mod old_cargo;
mod rejected;
