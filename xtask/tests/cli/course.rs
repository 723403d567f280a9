//! A copy of the small course in the target folder, one for all tests, so that its libraries are built once.

use std::fmt;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A correct `work`, to be followed by a `count`; `thread::sleep` is on line 5.
pub const WORK: &str = "use std::time::Duration;
use timeline::{record, thread};
pub fn work(name: &str, delay: Duration) {
    record(name, \"started\");
    thread::sleep(delay);
    record(name, \"finished\");
}
";

/// A correct `count`, and one that is not started.
pub const COUNT: &str = "pub fn count(numbers: &[u32]) -> u32 {\n    numbers.iter().sum()\n}\n";
pub const COUNT_TODO: &str = "pub fn count(numbers: &[u32]) -> u32 {\n    todo!(\"{numbers:?}\")\n}\n";

/// Only the tests of its own package know where the runner is.
const RUNNER: Option<&str> = option_env!("CARGO_BIN_EXE_xtask");

/// The course, held by one test at a time.
pub struct Course {
    root: PathBuf,
    _alone: MutexGuard<'static, ()>,
}

impl Course {
    /// The course as it is handed out; earlier builds are kept.
    pub fn fresh() -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("course");
        // The watcher, which is a crate below the runner, is tested on the same course.
        let runner =
            Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find(|folder| folder.join("tests/fixture").exists());
        let runner = runner.unwrap();
        let repository = runner.parent().unwrap();
        let _ = fs::remove_dir_all(root.join(".course"));
        let fixture = runner.join("tests/fixture");
        copy(&fixture, &root);
        remove_strays(&fixture, &root);
        let manifest = fs::read_to_string(root.join("Cargo.toml.in")).unwrap();
        // Windows paths hold backslashes, which TOML would take for escapes.
        let repository_path = repository.display().to_string().replace('\\', "/");
        replace(&root.join("Cargo.toml"), manifest.replace("@COURSE@", &repository_path).as_bytes());
        if !root.join("Cargo.lock").exists() {
            fs::copy(repository.join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
        }
        let course = Self { root, _alone: alone };
        for package in ["quest-01-alpha", "quest-02-beta"] {
            course.write_bytes(package, &course.stub(package));
        }
        course
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn path(&self, package: &str) -> PathBuf {
        self.root.join(package).join("src/learner.rs")
    }

    pub fn learner(&self, package: &str) -> Vec<u8> {
        fs::read(self.path(package)).unwrap()
    }

    pub fn stub(&self, package: &str) -> Vec<u8> {
        fs::read(self.root.join(package).join("stub.rs")).unwrap()
    }

    /// Changes a file of the course; the next fresh course has it back.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.root.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} does not hold `{from}`");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    pub fn write(&self, package: &str, text: &str) {
        self.write_bytes(package, text.as_bytes());
    }

    pub fn write_bytes(&self, package: &str, bytes: &[u8]) {
        replace(&self.path(package), bytes);
    }

    /// Runs the runner to its end.
    pub fn run(&self, arguments: &[&str]) -> CommandOutput {
        self.run_program(RUNNER.expect("these are the runner's tests"), arguments)
    }

    /// Runs a program to its end, as [`Self::command_of`] starts it.
    pub fn run_program(&self, program: &str, arguments: &[&str]) -> CommandOutput {
        let output = self.command_of(program, arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        CommandOutput { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Locks the folder of built quests as cargo does while it builds, until the file is dropped.
    pub fn lock_target(&self) -> fs::File {
        let lock = self.root.join("target/quests/debug/.cargo-lock");
        let lock = fs::File::options().write(true).open(lock).unwrap();
        lock.lock().unwrap();
        lock
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(RUNNER.expect("these are the runner's tests"), arguments)
    }

    /// A program of the course, which sees nothing of this machine's settings.
    pub fn command_of(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.root).stdin(Stdio::null());
        // As the alias starts it, in a plain terminal.
        command
            .env("CARGO_MANIFEST_DIR", self.root.join("xtask"))
            .env("LC_ALL", "C")
            .env_remove("CLICOLOR_FORCE")
            .env_remove("WT_SESSION");
        // The course's crates are downloaded already: this test was built with them.
        command.env("CARGO_NET_OFFLINE", "true");
        command
    }
}

/// Reads the standard error of `child` up to `words`, and returns what was read; the rest can be read afterwards.
pub fn wait_for_words(child: &mut Child, words: &str) -> (String, BufReader<ChildStderr>) {
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains(words) {
        assert!(stderr.read_line(&mut said).unwrap() > 0, "it never said so: {said}");
    }
    (said, stderr)
}

/// What a command printed, and its exit code.
pub struct CommandOutput {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl CommandOutput {
    #[track_caller]
    pub fn says(&self, all: &[&str]) {
        for words in all {
            assert!(self.stdout.contains(words) || self.stderr.contains(words), "it does not say `{words}`:\n{self}");
        }
    }

    #[track_caller]
    pub fn never_says(&self, none: &[&str]) {
        for words in none {
            assert!(!self.stdout.contains(words) && !self.stderr.contains(words), "it says `{words}`:\n{self}");
        }
    }
}

impl fmt::Display for CommandOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit code {}\n--- stdout\n{}\n--- stderr\n{}", self.code, self.stdout, self.stderr)
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            replace(&target, &fs::read(path).unwrap());
        }
    }
}

/// Removes what a test has added to the course's own folders, and keeps what was built.
fn remove_strays(from: &Path, to: &Path) {
    for entry in fs::read_dir(to).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        let original = from.join(name);
        if original.is_dir() {
            remove_strays(&original, &path);
        } else if !original.exists() && !["Cargo.toml", "Cargo.lock", "target"].iter().any(|own| name == *own) {
            if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }.unwrap();
        }
    }
}

/// Writes only what changes, so that nothing is built for nothing.
fn replace(path: &Path, bytes: &[u8]) {
    if fs::read(path).ok().as_deref() != Some(bytes) {
        fs::write(path, bytes).unwrap();
    }
}
