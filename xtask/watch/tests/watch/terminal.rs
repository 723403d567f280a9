//! The watcher in a pseudo terminal, with someone at the keyboard.

use crate::course::Course;
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, Termios, Winsize, tcgetattr, tcsetattr, tcsetwinsize};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// No test takes this long: a test that waits longer fails instead of hanging.
const FOR_EVER: Duration = Duration::from_secs(60);

pub struct PseudoTerminal {
    keyboard: File,
    /// The terminal's other end, which the watcher has, too: its settings outlive the watcher.
    line: File,
    before: Termios,
    child: Running,
    printed: Receiver<Vec<u8>>,
    /// Everything that was printed, and how much of it has been matched so far.
    text: String,
    seen: usize,
}

impl PseudoTerminal {
    /// Starts the watcher in a window of 80 columns.
    pub fn watch(course: &Course, arguments: &[&str]) -> Self {
        let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let name = ptsname(&keyboard, Vec::new()).unwrap();
        let path = Path::new(std::ffi::OsStr::from_bytes(name.as_bytes()));
        let line = File::options().read(true).write(true).open(path).unwrap();
        let before = tcgetattr(&line).unwrap();
        let keyboard = File::from(keyboard);
        let mut command = course.command_of(env!("CARGO_BIN_EXE_watch"), arguments);
        let end = || line.try_clone().unwrap();
        command.stdin(end()).stdout(end()).stderr(end());
        command.env("TERM", "xterm").env("NO_COLOR", "1").env("WATCH_PANICS", "1");
        set_size(&line, 80, 30);
        // As a shell starts a job.
        command.process_group(0);
        let child = Running(command.spawn().unwrap());
        let printed = read_all(keyboard.try_clone().unwrap());
        Self { keyboard, line, before, child, printed, text: String::new(), seen: 0 }
    }

    pub fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until these words are printed, one after another, after everything matched so far.
    #[track_caller]
    pub fn wait_for(&mut self, all: &[&str]) {
        let start = Instant::now();
        for words in all {
            while !self.text[self.seen..].contains(words) {
                match self.printed.recv_timeout(FOR_EVER.saturating_sub(start.elapsed())) {
                    Ok(chunk) => self.text.push_str(&String::from_utf8_lossy(&chunk)),
                    Err(_) => panic!(
                        "it never printed `{words}`:\n{}\n--- then\n{}",
                        &self.text[..self.seen],
                        &self.text[self.seen..]
                    ),
                }
                assert!(!self.has_ended_without(words), "it ended without printing `{words}`:\n{}", self.text);
            }
            self.seen += self.text[self.seen..].find(words).unwrap() + words.len();
        }
    }

    pub fn resize(&mut self, columns: u16) {
        set_size(&self.line, columns, 30);
        // The system sends it to a terminal's own session. This terminal has none.
        self.signal(Signal::WINCH);
    }

    pub fn signal(&mut self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.child.0.id()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Waits until it is stopped, as a shell does.
    #[track_caller]
    pub fn wait_until_stopped(&self) {
        let pid = Pid::from_raw(i32::try_from(self.child.0.id()).unwrap()).unwrap();
        let (_, status) = waitpid(Some(pid), WaitOptions::UNTRACED).unwrap().unwrap();
        assert!(status.stopped(), "{status:?}");
    }

    /// Whether keys come line by line, as a shell leaves its terminal.
    pub fn is_in_line_mode(&self) -> bool {
        settings(&tcgetattr(&self.line).unwrap()) == settings(&self.before)
    }

    pub fn set_line_mode(&self) {
        tcsetattr(&self.line, OptionalActions::Now, &self.before).unwrap();
    }

    /// Waits for the end. The terminal must be as it was before: its settings, and its cursor.
    #[track_caller]
    pub fn end(mut self) -> (ExitStatus, String) {
        let status = self.child.0.wait().unwrap();
        let after = tcgetattr(&self.line).unwrap();
        assert_eq!(settings(&after), settings(&self.before));
        // Nothing else holds the terminal open now, so the reader reaches its end.
        drop(self.line);
        self.text.extend(self.printed.iter().map(|chunk| String::from_utf8_lossy(&chunk).into_owned()));
        let (hidden, shown) = (self.text.rfind("\u{1b}[?25l"), self.text.rfind("\u{1b}[?25h"));
        assert!(hidden.is_some() && shown > hidden, "the cursor is not shown:\n{:?}", self.text);
        (status, self.text)
    }

    /// Whether it has ended, and there is nothing more to read.
    fn has_ended_without(&mut self, words: &str) -> bool {
        if self.child.0.try_wait().unwrap().is_none() {
            return false;
        }
        while let Ok(chunk) = self.printed.recv_timeout(Duration::from_millis(100)) {
            self.text.push_str(&String::from_utf8_lossy(&chunk));
        }
        !self.text[self.seen..].contains(words)
    }
}

/// A test that fails leaves nothing behind.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn set_size(line: &File, columns: u16, rows: u16) {
    let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(line, size).unwrap();
}

fn settings(termios: &Termios) -> String {
    format!("{termios:?}")
}

fn read_all(mut keyboard: File) -> Receiver<Vec<u8>> {
    let (sender, printed) = mpsc::channel();
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        // On Linux the end of a terminal is an error.
        while let Ok(length @ 1..) = keyboard.read(&mut buffer) {
            if sender.send(buffer[..length].to_vec()).is_err() {
                return;
            }
        }
    });
    printed
}
