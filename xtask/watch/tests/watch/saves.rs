//! From the untouched stub to a green quest, key by key and save by save.

use crate::course::{COUNT, COUNT_TODO, Course, WORK};
use crate::terminal::PseudoTerminal;
use std::fs;

const ALPHA: &str = "quest-01-alpha";

#[test]
fn from_the_stub_to_a_quest_that_is_green() {
    let course = Course::fresh();
    let mut terminal = PseudoTerminal::watch(&course, &[]);
    terminal.wait_for(&["check 1", "0 of 20 points, 0 of 2 quests done", "Step 1 of 2: Work", "learner.rs:6"]);
    terminal.wait_for(&["Then   save the file", "Stuck? press n", "1 alpha 0/10  0/20 points", "q quit"]);
    terminal.press("h");
    terminal.wait_for(&["-- hints --", "Hint 1: gentle"]);
    terminal.press("n");
    terminal.wait_for(&["-- hint --", "Hint 2: clearer"]);

    course.write(ALPHA, &format!("{WORK}{COUNT_TODO}"));
    terminal.wait_for(&["check 2", "5/10  1 of 3 tests to go", "Step 2 of 2: Count", "1 alpha 5/10  5/20 points"]);
    terminal.press("n");
    terminal.wait_for(&["Hint 3: explicit"]);

    course.write(ALPHA, &format!("{WORK}pub fn count(numbers: &[u32]) -> u32 {{\n    numbers.len() as u32\n}}\n"));
    terminal.wait_for(&["check 3", "1 of 3 tests red", "The observation differs from the expected one"]);
    course.write(ALPHA, &format!("{WORK}pub fn count("));
    terminal.wait_for(&["check 4", "does not compile", "unclosed delimiter"]);

    course.write(ALPHA, &format!("{WORK}{COUNT}"));
    terminal.wait_for(&["check 5", "10/10  passed", "Quest 1 passed", "Now you know that work takes time."]);
    terminal.wait_for(&["Quest 2: The second one", "Start here", "2 beta 0/10  10/20 points"]);
    terminal.press("l");
    terminal.wait_for(&["1 alpha", "passed", "> o  2 beta", "Esc goes back"]);
    terminal.press("1");
    terminal.wait_for(&["Quest 1 passed", "1 alpha 10/10"]);
    terminal.press("r");
    terminal.wait_for(&["-- demo --", "the demo of alpha", "The demo has ended."]);

    fs::copy(course.root().join("solutions/src/quest_02_beta.rs"), course.path("quest-02-beta")).unwrap();
    terminal.wait_for(&[
        "20 of 20 points, all 2 quests done.",
        "the course is done",
        "https://tokio.rs/tokio/tutorial",
    ]);
    terminal.press("q");
    assert_eq!(terminal.end().0.code(), Some(0));
}

#[test]
fn a_save_while_a_check_runs_is_not_lost() {
    let course = Course::fresh();
    let mut terminal = PseudoTerminal::watch(&course, &["alpha"]);
    terminal.wait_for(&["check 1", "0/10  not started"]);
    let lock = course.lock_target();
    course.write(ALPHA, &format!("{WORK}{COUNT_TODO}"));
    terminal.wait_for(&["Waiting: another cargo is building"]);
    course.write(ALPHA, &format!("{WORK}{COUNT}"));
    drop(lock);
    terminal.wait_for(&["was saved again", "check 3", "10/10  passed"]);
    terminal.press("q");
    terminal.end();
}

#[test]
fn a_file_that_is_replaced_is_seen_and_one_that_is_gone_comes_back() {
    let course = Course::fresh();
    let mut terminal = PseudoTerminal::watch(&course, &["1"]);
    terminal.wait_for(&["check 1", "not started"]);
    let new = course.root().join(ALPHA).join("src/learner.rs.new");
    fs::write(&new, format!("{WORK}{COUNT_TODO}")).unwrap();
    fs::rename(&new, course.path(ALPHA)).unwrap();
    terminal.wait_for(&["check 2", "5/10"]);
    fs::remove_file(course.path(ALPHA)).unwrap();
    fs::write(course.path(ALPHA), format!("{WORK}{COUNT}")).unwrap();
    terminal.wait_for(&["check 3", "10/10  passed"]);
    fs::remove_file(course.path(ALPHA)).unwrap();
    terminal.wait_for(&["learner.rs is missing", "press R"]);
    terminal.press("Ry");
    terminal.wait_for(&["y/n", "is the stub again", "0/10  not started"]);
    terminal.press("q");
    assert!(!terminal.end().1.contains("check 6"));
}

#[test]
fn polling_works_where_the_system_reports_no_changes() {
    let course = Course::fresh();
    let mut terminal = PseudoTerminal::watch(&course, &["--poll"]);
    terminal.wait_for(&["check 1", "Stuck?"]);
    course.write(ALPHA, &format!("{WORK}{COUNT_TODO}"));
    terminal.wait_for(&["check 2", "5/10"]);
    terminal.press("q");
    terminal.end();
}

#[test]
fn the_last_line_fits_the_window() {
    let course = Course::fresh();
    let mut terminal = PseudoTerminal::watch(&course, &[]);
    terminal.wait_for(&["0/20 points  h hints  n next hint", "? help  q quit"]);
    terminal.resize(30);
    terminal.wait_for(&["1 alpha 0/10  ? help  q quit"]);
    terminal.resize(80);
    terminal.wait_for(&["0/20 points  h hints  n next hint", "? help  q quit"]);
    // The last line is redrawn, no matter what a terminal does to its lines when the window changes.
    terminal.resize(80);
    terminal.wait_for(&["0/20 points  h hints  n next hint", "? help  q quit"]);
    terminal.press("q");
    terminal.end();
}

#[test]
fn a_check_in_another_terminal_goes_on() {
    let course = Course::fresh();
    let mut first = PseudoTerminal::watch(&course, &[]);
    let mut second = PseudoTerminal::watch(&course, &[]);
    first.wait_for(&["check 1", "Stuck?"]);
    second.wait_for(&["check 1", "Stuck?"]);
    for mut terminal in [first, second] {
        terminal.press("q");
        assert_eq!(terminal.end().0.code(), Some(0));
    }
}
