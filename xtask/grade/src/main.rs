//! The program behind `cargo xtask grade` and `cargo xtask handout`.
#![warn(clippy::pedantic)]

fn main() {}
