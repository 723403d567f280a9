//! What the runner remembers, in `.course/`, which git ignores. Progress is not remembered: it follows from the learner's files.

use crate::course::Course;
use crate::files;
use anyhow::Context as _;
use clap::ValueEnum;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What the commands build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The learner's own files
    Learner,
    /// The course's solutions; none of the learner's files is moved
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

    /// The mode that was set last. Without solutions there is only the learner's.
    pub fn mode(&self, course: &Course) -> anyhow::Result<Mode> {
        if course.has_solutions() { self.stored_mode() } else { Ok(Mode::Learner) }
    }

    /// The mode that was set last; the learner's if none was.
    pub fn stored_mode(&self) -> anyhow::Result<Mode> {
        let path = self.folder.join("mode");
        match read(&path)?.as_deref().map(str::trim) {
            None | Some("" | "learner") => Ok(Mode::Learner),
            Some("reference") => Ok(Mode::Reference),
            Some(other) => anyhow::bail!(
                "{} contains `{other}`, which is not a mode; set one with `cargo xtask mode learner`",
                path.display()
            ),
        }
    }

    pub fn set_mode(&self, mode: Mode) -> anyhow::Result<()> {
        files::write_atomically(&self.folder.join("mode"), format!("{}\n", mode.name()).as_bytes())
    }

    /// The hints of the quest that were seen, by name: a course update may insert others.
    pub fn hints_shown(&self, package: &str) -> anyhow::Result<BTreeSet<String>> {
        Ok(read(&self.hints(package))?.unwrap_or_default().lines().map(str::to_owned).collect())
    }

    pub fn set_hints_shown(&self, package: &str, hints: &BTreeSet<String>) -> anyhow::Result<()> {
        let lines: String = hints.iter().flat_map(|hint| [hint.as_str(), "\n"]).collect();
        files::write_atomically(&self.hints(package), lines.as_bytes())
    }

    /// The quest's step that the last `check` pointed to, so that hints are about it.
    pub fn step(&self, package: &str) -> anyhow::Result<Option<String>> {
        read(&self.steps(package))
    }

    pub fn set_step(&self, package: &str, step: &str) -> anyhow::Result<()> {
        files::write_if_changed(&self.steps(package), step.as_bytes())
    }

    /// Backs up a learner's file for good; returns where.
    pub fn back_up(&self, package: &str, content: &[u8]) -> anyhow::Result<PathBuf> {
        files::save_numbered(&self.folder.join("kept").join(package), "learner", "rs", content)
    }

    fn steps(&self, package: &str) -> PathBuf {
        self.folder.join("steps").join(package)
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
