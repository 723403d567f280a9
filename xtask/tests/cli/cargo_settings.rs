//! What `.cargo/config.toml` sets for plain `cargo test`.

use crate::course::{COUNT, Course};
use std::process::Command;
use xtask::engine::cargo;

#[test]
fn insta_recommends_no_tool_that_learners_do_not_have() {
    let course = Course::fresh();
    // It sleeps for too short a time.
    let work = crate::course::WORK.replace("thread::sleep(delay);", "thread::sleep(delay / 3);");
    course.write("quest-01-alpha", &format!("{work}{COUNT}"));
    let mut test = Command::new(cargo::program());
    cargo::clean_environment(&mut test);
    // This test has the variables from the same file.
    test.env_remove("INSTA_CARGO_INSTA")
        .env_remove("INSTA_UPDATE")
        .env("CARGO_NET_OFFLINE", "true")
        .current_dir(course.root());
    test.args(["test", "--package", "quest-01-alpha", "--test", "quest", "--target-dir", "target/quests"]);
    let output = test.output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    assert!(text.contains("snapshot assertion for 'work_takes_its_time' failed"), "{text}");
    assert!(!text.contains("cargo insta") && !text.contains("cargo-insta"), "{text}");
}
