//! Without a terminal: one line per change, and no keys.

use crate::course::{COUNT_TODO, Course, WORK};
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

#[test]
fn the_first_verdict_comes_even_if_the_input_has_ended() {
    let course = Course::fresh();
    let output = course.command_of(env!("CARGO_BIN_EXE_watch"), &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text, "check 1: 0 of 20 points, 0 of 2 quests done. Next: quest 1, The first one.\n");
}

#[test]
fn every_save_is_a_line_until_the_input_ends() {
    let course = Course::fresh();
    let mut command = course.command_of(env!("CARGO_BIN_EXE_watch"), &[]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    course.write("quest-01-alpha", &format!("{WORK}{COUNT_TODO}"));
    line.clear();
    lines.read_line(&mut line).unwrap();
    let words = "check 2: quest 1 alpha: 5 of 10 points, 1 of 3 tests to go. Edit quest-01-alpha/src/learner.rs:9\n";
    assert_eq!(line, words);
    drop(child.stdin.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    line.clear();
    assert_eq!(lines.read_to_string(&mut line).unwrap(), 0, "{line}");
}

#[test]
fn an_unknown_quest_is_a_usage_error() {
    let course = Course::fresh();
    let output = course.command_of(env!("CARGO_BIN_EXE_watch"), &["9"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("there is no quest `9`"));
}
