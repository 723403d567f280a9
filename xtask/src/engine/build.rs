//! Builds the tests of many packages with one cargo; [`built`] sorts what cargo says by package.

mod built;
mod messages;
mod progress;

pub use built::{Built, Diagnostic, Killed, Package, Place};

use super::{cargo, groups, limits};
use crate::say::tell;
use anyhow::Context as _;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

/// What to build.
#[derive(Debug)]
pub struct Request<'a> {
    /// The folder of the workspace.
    pub root: &'a Path,
    pub target: PathBuf,
    /// Names of packages; the folder of each has the same name.
    pub packages: Vec<String>,
    pub features: Vec<String>,
    /// The packages on whose code each of those runs: what does not compile may be one of these.
    pub libraries: BTreeMap<String, Vec<String>>,
    pub what: What,
    /// How to build code that is not one's own; without it, as the user's own cargo would.
    pub foreign: Option<Foreign>,
}

/// A build of code that is not one's own: without network, with nothing of the runner's environment, and in silence.
#[derive(Debug, Clone)]
pub struct Foreign {
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
pub enum What {
    /// `tests/quest.rs`
    Tests,
    /// `src/main.rs`, or `examples/demo.rs`
    Demo,
}

/// Builds the program of every package; a package that does not compile costs no other.
pub fn build(request: &Request) -> anyhow::Result<Built> {
    if request.packages.is_empty() {
        return Ok(Built::default());
    }
    let mut built = build_within(request, limits::BUILD_SECONDS)?;
    if built.ran_out_of_time() {
        // A machine that is slow right now gets the time that the same work takes on it.
        let seconds = limits::build_seconds_now(&std::env::temp_dir());
        if seconds > limits::BUILD_SECONDS {
            built = build_within(request, seconds)?;
        }
    }
    built.blame(request)?;
    Ok(built)
}

/// One build, each process of which may work for so many seconds.
fn build_within(request: &Request, seconds: u64) -> anyhow::Result<Built> {
    let mut command = cargo_for(request, seconds)?;
    command.args(["build", "--keep-going", "--message-format=json-diagnostic-rendered-ansi"]);
    cargo::settle(&mut command, request.root);
    match request.what {
        What::Tests => command.args(["--test", "quest"]),
        What::Demo => command.args(["--bins", "--examples"]),
    };
    command.arg("--target-dir").arg(&request.target);
    for package in &request.packages {
        command.args(["--package", package]);
    }
    if !request.features.is_empty() {
        command.args(["--features", &request.features.join(",")]);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut group = groups::spawn(&mut command).with_context(cargo::not_started)?;
    let stdout = group.child.stdout.take().expect("the stream was piped");
    let stderr = group.child.stderr.take().expect("the stream was piped");
    let target = request.foreign.is_none().then(|| request.target.clone());
    let listener = thread::spawn(move || listen(stderr, target.as_deref()));

    let mut built = Built::default();
    if !messages::read_into(&mut built, &mut BufReader::new(stdout), request.what, messages::BOUNDS)? {
        // What was said names who is to blame.
        group.kill();
    }
    built.said = listener.join().expect("the listener only reads and prints");
    group.wait().context("could not wait for cargo")?;
    Ok(built)
}

fn cargo_for(request: &Request, seconds: u64) -> anyhow::Result<Command> {
    let Some(foreign) = &request.foreign else {
        let limits = limits::Limits { cpu: Some(seconds), ..limits::BUILD };
        let mut command = limits::guarded(&limits, cargo::program(), request.root)?;
        cargo::clean_environment(&mut command);
        return Ok(command);
    };
    let confinement = foreign.confinement.clone();
    let limits = limits::Limits { cpu: Some(seconds), confinement, ..limits::FOREIGN_BUILD };
    let mut command = limits::guarded(&limits, &foreign.cargo, request.root)?;
    command.env_clear().envs(foreign.environment.iter().map(|(name, value)| (name, value)));
    command.args(["--frozen", "--config", &format!("build.jobs={}", foreign.jobs)]);
    Ok(command)
}

impl What {
    /// Cargo's words for it.
    fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Tests => &["test"],
            Self::Demo => &["bin", "example"],
        }
    }
}

/// Reads what cargo says for people. Passes on at once what explains a wait, if there is someone to read it.
fn listen(stderr: impl Read + Send + 'static, target: Option<&Path>) -> String {
    let (sender, lines) = mpsc::channel();
    let reader = thread::spawn(move || {
        for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
            if sender.send(String::from_utf8_lossy(&line).trim_end().to_owned()).is_err() {
                return;
            }
        }
    });
    let said = progress::follow(&lines, target, |words| tell!("{words}"));
    reader.join().expect("the reader only reads and sends");
    said
}
