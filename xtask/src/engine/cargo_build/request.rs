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
    /// The packages that a package needs by its default features; when one of those does not compile, neither does it.
    pub needs: BTreeMap<String, Vec<String>>,
    pub default_features: bool,
    pub what: TargetKind,
    /// How to build code that is not one's own; without it, as the user's own cargo would.
    pub isolation: Option<Isolation>,
}

/// A build of code that is not one's own: without network, with nothing of the runner's environment, and in silence.
#[derive(Debug, Clone)]
pub struct Isolation {
    /// The cargo to call, without rustup in between.
    pub cargo: PathBuf,
    /// See [`limits::Limits::confinement`].
    pub confinement: String,
    /// All environment variables.
    pub environment: Vec<(OsString, OsString)>,
    /// So many compilers at once.
    pub jobs: usize,
}

/// Which program of each package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    /// `tests/quest.rs`
    Tests,
    /// `src/main.rs`
    Demo,
}

impl TargetKind {
    /// Cargo's word for it.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Tests => "test",
            Self::Demo => "bin",
        }
    }
}
