//! However it ends, the terminal is restored.

use crate::course::Course;
use crate::terminal::PseudoTerminal;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::process::Signal;
use std::fs;
use std::path::PathBuf;

#[test]
fn q_and_ctrl_c_leave() {
    let course = Course::fresh();
    for (key, code) in [("q", 0), ("\u{3}", 130)] {
        let mut terminal = PseudoTerminal::watch(&course, &[]);
        terminal.wait_for(&["Stuck? press n", "q quit"]);
        terminal.press(key);
        let (status, _) = terminal.end();
        assert_eq!(status.code(), Some(code), "{key:?}");
    }
}

#[test]
fn it_can_be_left_while_a_check_waits() {
    let course = Course::fresh();
    assert_eq!(course_is_built(&course), 1);
    let lock = course.lock_target();
    let mut terminal = PseudoTerminal::watch(&course, &[]);
    terminal.wait_for(&["Waiting: another cargo is building"]);
    terminal.press("q");
    assert_eq!(terminal.end().0.code(), Some(0));
    drop(lock);
}

#[test]
fn a_termination_signal_ends_it() {
    let course = Course::fresh();
    let mut terminal = PseudoTerminal::watch(&course, &[]);
    terminal.wait_for(&["Stuck? press n", "q quit"]);
    terminal.signal(Signal::TERM);
    let (status, text) = terminal.end();
    assert_eq!(status.code(), Some(130), "{text}");
    assert!(text.contains("Stopped. Every process that was started has been killed."), "{text}");
}

#[test]
fn a_panic_restores_the_terminal_before_its_message() {
    let course = Course::fresh();
    let mut terminal = PseudoTerminal::watch(&course, &[]);
    terminal.wait_for(&["q quit"]);
    terminal.press("!");
    let (status, text) = terminal.end();
    assert_eq!(status.code(), Some(101), "{text}");
    let shown = text.rfind("\u{1b}[?25h").unwrap();
    assert!(text[shown..].contains("it was asked to panic"), "{text}");
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_until_it_is_brought_back() {
    let course = Course::fresh();
    let mut terminal = PseudoTerminal::watch(&course, &[]);
    terminal.wait_for(&["Stuck? press n", "q quit"]);
    for _ in 0..2 {
        terminal.press("\u{1a}");
        terminal.wait_until_stopped();
        assert!(terminal.is_in_line_mode());
        terminal.signal(Signal::CONT);
        terminal.wait_for(&["\u{1b}[?25l", "q quit"]);
        terminal.press("?");
        terminal.wait_for(&["quit, just like Ctrl-C", "q quit"]);
    }
    terminal.press("q");
    assert_eq!(terminal.end().0.code(), Some(0));
}

#[test]
fn it_hears_keys_after_it_was_stopped_from_outside() {
    let course = Course::fresh();
    let mut terminal = PseudoTerminal::watch(&course, &[]);
    terminal.wait_for(&["Stuck? press n", "q quit"]);
    terminal.signal(Signal::STOP);
    terminal.wait_until_stopped();
    terminal.set_line_mode();
    terminal.signal(Signal::CONT);
    terminal.wait_for(&["q quit"]);
    terminal.press("q");
    assert_eq!(terminal.end().0.code(), Some(0));
}

/// Builds what the course needs, so that there is something to lock.
fn course_is_built(course: &Course) -> i32 {
    let mut terminal = PseudoTerminal::watch(course, &[]);
    terminal.wait_for(&["check 1", "Stuck?"]);
    terminal.press("q");
    terminal.end().0.success().into()
}

/// The drawing never ends: it reads the expected timeline from a pipe to which nothing is written.
#[test]
fn keys_are_answered_during_a_long_drawing() {
    for (key, code) in [("q", 0), ("\u{3}", 130)] {
        let course = Course::fresh();
        let mut terminal = PseudoTerminal::watch(&course, &[]);
        terminal.wait_for(&["Stuck? press n", "q quit"]);
        let _pipe = Pipe::in_place_of(course.root().join("quest-01-alpha/tests/snapshots/work_takes_its_time.snap"));
        terminal.press("t");
        terminal.press("?");
        terminal.wait_for(&["quit, just like Ctrl-C", "q quit"]);
        terminal.press(key);
        assert_eq!(terminal.end().0.code(), Some(code), "{key:?}");
    }
}

/// A named pipe, which blocks its reader.
struct Pipe(PathBuf);

impl Pipe {
    fn in_place_of(file: PathBuf) -> Self {
        fs::remove_file(&file).unwrap();
        mknodat(CWD, &file, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        Self(file)
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        // The next course is read file by file.
        let _ = fs::remove_file(&self.0);
    }
}
