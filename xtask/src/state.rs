//! What the runner remembers, in `.course/`, which git ignores. Progress is not remembered: it is read off the learner's files.

use crate::files;
use anyhow::Context as _;
use clap::ValueEnum;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What the commands build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// The learner's own files
    Learner,
    /// The course's solutions; no file of the learner's moves
    Reference,
}

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Self::Learner => "learner",
            Self::Reference => "reference",
        }
    }
}

/// The folder `.course/`.
#[derive(Debug, Clone)]
pub struct State {
    folder: PathBuf,
}

impl State {
    pub fn new(root: &Path) -> Self {
        Self { folder: root.join(".course") }
    }

    /// The mode that was set last; the learner's if none was.
    pub fn mode(&self) -> anyhow::Result<Mode> {
        let path = self.folder.join("mode");
        match read(&path)?.as_deref().map(str::trim) {
            None | Some("" | "learner") => Ok(Mode::Learner),
            Some("reference") => Ok(Mode::Reference),
            Some(other) => anyhow::bail!(
                "{} says `{other}`, which is no mode; set one with `cargo xtask mode learner`",
                path.display()
            ),
        }
    }

    pub fn set_mode(&self, mode: Mode) -> anyhow::Result<()> {
        files::write_atomically(&self.folder.join("mode"), format!("{}\n", mode.name()).as_bytes())
    }

    /// How many hints of the quest were shown.
    pub fn hints_shown(&self, package: &str) -> anyhow::Result<usize> {
        // A file that holds no number is one that somebody edited: the worst that follows is a hint shown twice.
        Ok(read(&self.hints(package))?.and_then(|text| text.trim().parse().ok()).unwrap_or(0))
    }

    pub fn set_hints_shown(&self, package: &str, count: usize) -> anyhow::Result<()> {
        files::write_atomically(&self.hints(package), format!("{count}\n").as_bytes())
    }

    /// Keeps a learner's file for good, and says where.
    pub fn keep(&self, package: &str, content: &[u8]) -> anyhow::Result<PathBuf> {
        files::keep(&self.folder.join("kept").join(package), "learner", "rs", content)
    }

    fn hints(&self, package: &str) -> PathBuf {
        self.folder.join("hints").join(package)
    }
}

fn read(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("could not read {}", path.display())),
    }
}
