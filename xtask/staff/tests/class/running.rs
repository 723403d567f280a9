//! Runs the grader, as a teacher does, and ends it as a power cut would.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;
use xtask::course::Course;
use xtask::engine::cargo;

/// The program that is tested.
const GRADE: &str = env!("CARGO_BIN_EXE_staff");

/// Between two checks of what the grader has done.
const PAUSE: Duration = Duration::from_millis(5);

/// How many checks to make before giving up on the processes of a killed grader: a minute, though they end at once.
const LOOKS: u32 = 12_000;

/// When to kill a run: not at a fixed time, which would be a different moment on every machine.
#[derive(Debug, Clone, Copy)]
pub enum Moment {
    /// Once this many results are stored.
    Results(usize),
    /// Once this many pages of feedback are written.
    Pages(usize),
}

/// A command line of the grader's.
#[derive(Debug, Clone)]
pub struct Run<'a> {
    pub course: &'a Course,
    pub arguments: Vec<OsString>,
    pub store: PathBuf,
    pub out: PathBuf,
}

impl Run<'_> {
    /// Runs to the end; returns the exit code and the output.
    pub fn to_the_end(&self) -> (Option<i32>, String) {
        let output = self.command().output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// The same on a machine that has no cargo.
    pub fn without_cargo(&self) -> (Option<i32>, String) {
        let output = self.command().env("CARGO", self.out.join("no-cargo")).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Runs until that moment and is then killed; `false` if it ended before.
    pub fn killed_at(&self, moment: Moment) -> bool {
        let mut child = self.command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let killed = loop {
            if child.try_wait().unwrap().is_some() {
                break false;
            }
            if self.has_come(moment) {
                child.kill().unwrap();
                child.wait().unwrap();
                break true;
            }
            thread::sleep(PAUSE);
        };
        self.wait_until_nothing_is_left(&child);
        killed
    }

    fn command(&self) -> Command {
        let mut command = Command::new(GRADE);
        cargo::clean_environment(&mut command);
        command.args(&self.arguments).arg("--out").arg(&self.out).current_dir(&self.course.root).stdin(Stdio::null());
        if self.arguments.first().is_some_and(|first| first == "grade")
            && self.arguments.get(1).is_none_or(|second| second != "merge")
        {
            command.arg("--store").arg(&self.store);
        }
        command
    }

    fn has_come(&self, moment: Moment) -> bool {
        match moment {
            Moment::Results(number) => self.store.exists() && files(&self.store, ".json") >= number,
            Moment::Pages(number) => files(&self.out.join("feedback"), ".html") >= number,
        }
    }

    /// Whatever the grader started ends without help. It needs no more than a moment, but how long that is depends on
    /// the machine.
    fn wait_until_nothing_is_left(&self, child: &Child) {
        for _ in 0..LOOKS {
            if self.left_behind().is_empty() {
                return;
            }
            thread::sleep(PAUSE);
        }
        panic!("grader {} was killed, and these processes of it go on: {:?}", child.id(), self.left_behind());
    }

    /// The processes that come from the grader: its own program, and whatever runs or works in its folders.
    pub fn left_behind(&self) -> Vec<String> {
        let target = self.course.root.join("target");
        let folders = [target.join("grade"), target.join("quests")];
        // Only Linux offers a way to look.
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path());
        let is_ours = |process: &PathBuf| {
            let link = |name: &str| fs::read_link(process.join(name)).unwrap_or_default();
            let in_folders = |path: &Path| folders.iter().any(|folder| path.starts_with(folder));
            link("exe") == Path::new(GRADE) || in_folders(&link("exe")) || in_folders(&link("cwd"))
        };
        let ours = processes.filter(|process| process.join("exe").is_symlink() && is_ours(process));
        ours.map(|process| fs::read_to_string(process.join("cmdline")).unwrap_or_default().replace('\0', " ")).collect()
    }
}

fn files(folder: &Path, ending: &str) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_string_lossy().ends_with(ending)).count()
}
