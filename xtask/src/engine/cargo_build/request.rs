//! What to build, and how.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What to build.
#[derive(Debug)]
pub struct BuildRequest<'a> {
    /// The folder of the workspace.
    pub root: &'a Path,
    pub target: PathBuf,
    /// Names of packages; the folder of each has the same name.
    pub packages: Vec<String>,
    pub features: Vec<String>,
    /// For each package, those whose code it runs on: what does not compile may be one of these.
    pub libraries: BTreeMap<String, Vec<String>>,
    pub what: TargetKind,
    /// How to build foreign code; without it, the build is as the user's own cargo would do it.
    pub isolation: Option<Isolation>,
}

/// How foreign code is built: offline, without the runner's environment, and silently.
#[derive(Debug, Clone)]
pub struct Isolation {
    /// The cargo to call, without going through rustup.
    pub cargo: PathBuf,
    /// See [`Limits::confinement`](crate::engine::launcher::Limits::confinement).
    pub confinement: String,
    /// All environment variables.
    pub environment: Vec<(OsString, OsString)>,
    /// How many compilers run at once.
    pub jobs: usize,
}

/// Which target of each package is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    /// `tests/quest.rs`
    Tests,
    /// `src/main.rs`, or `examples/demo.rs`
    Demo,
}

impl TargetKind {
    /// What cargo calls it.
    pub(super) fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Tests => &["test"],
            Self::Demo => &["bin", "example"],
        }
    }
}
