//! Builds the tests of many packages with one cargo; [`output`] sorts cargo's messages by package.

mod lacked_memory;
mod messages;
mod output;
mod progress;
mod request;

pub use lacked_memory::CompilerKilled;
pub use output::{BuildOutput, Diagnostic, PackageOutput, SourceLocation};
pub use request::{BuildRequest, Isolation, TargetKind};

use super::{cargo, launcher, process_group};
use crate::eprint_line;
use anyhow::Context as _;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

/// Builds the program of every package; a package that does not compile costs no other.
pub fn build(request: &BuildRequest) -> anyhow::Result<BuildOutput> {
    if request.packages.is_empty() {
        return Ok(BuildOutput::default());
    }
    let mut built = build_within(request, launcher::BUILD_SECONDS, None)?;
    if built.was_killed() && request.isolation.is_none() {
        // Compilers that run at once may need more memory than there is. Whatever they have built is kept.
        built = build_within(request, launcher::BUILD_SECONDS, Some(1))?;
    }
    if built.ran_out_of_time() {
        // A machine that is slow right now gets as much time as the same work takes on it.
        let seconds = launcher::build_seconds_now(&std::env::temp_dir());
        if seconds > launcher::BUILD_SECONDS {
            built = build_within(request, seconds, None)?;
        }
    }
    built.blame(request)?;
    Ok(built)
}

/// One build, in which each process may use this many seconds of CPU time. Without `jobs`, as many compilers run at once as the
/// request or the user says.
fn build_within(request: &BuildRequest, seconds: u64, jobs: Option<usize>) -> anyhow::Result<BuildOutput> {
    let mut command = cargo_for(request, seconds)?;
    command.args(["build", "--keep-going", "--message-format=json-diagnostic-rendered-ansi"]);
    cargo::settle(&mut command, request.root);
    match request.what {
        TargetKind::Tests => command.args(["--test", "quest"]),
        TargetKind::Demo => command.args(["--bins", "--examples"]),
    };
    if let Some(jobs) = jobs {
        command.args(["--jobs", &jobs.to_string()]);
    }
    command.arg("--target-dir").arg(&request.target);
    for package in &request.packages {
        command.args(["--package", package]);
    }
    if !request.features.is_empty() {
        command.args(["--features", &request.features.join(",")]);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut group = process_group::spawn(&mut command).with_context(cargo::not_started)?;
    let stdout = group.child.stdout.take().expect("the stream was piped");
    let stderr = group.child.stderr.take().expect("the stream was piped");
    let target = request.isolation.is_none().then(|| request.target.clone());
    let listener = thread::spawn(move || listen(stderr, target.as_deref()));

    let mut built = BuildOutput::default();
    if !messages::read_into(&mut built, &mut BufReader::new(stdout), request.what, messages::BOUNDS)? {
        // The messages so far name a package at fault. Another may have neither a program nor an error yet.
        built.was_cut = true;
        group.kill();
    }
    built.stderr = listener.join().expect("the listener only reads and prints");
    let status = group.wait().context("could not wait for cargo")?;
    built.cargo_was_killed =
        !built.was_cut && status.code().is_none_or(|code| code == i32::from(launcher::GUARDED_WAS_KILLED));
    Ok(built)
}

fn cargo_for(request: &BuildRequest, seconds: u64) -> anyhow::Result<Command> {
    let Some(isolation) = &request.isolation else {
        let limits = launcher::Limits { cpu: Some(seconds), ..launcher::BUILD };
        let mut command = launcher::guarded(&limits, cargo::program(), request.root)?;
        cargo::clean_environment(&mut command);
        return Ok(command);
    };
    let confinement = isolation.confinement.clone();
    let limits = launcher::Limits { cpu: Some(seconds), confinement, ..launcher::FOREIGN_BUILD };
    let mut command = launcher::guarded(&limits, &isolation.cargo, request.root)?;
    command.env_clear().envs(isolation.environment.iter().map(|(name, value)| (name, value)));
    command.args(["--frozen", "--config", &format!("build.jobs={}", isolation.jobs)]);
    Ok(command)
}

/// Reads what cargo prints for people. What explains a wait is printed at once, if there is somebody to read it.
fn listen(stderr: impl Read + Send + 'static, target: Option<&Path>) -> String {
    let (sender, lines) = mpsc::channel();
    let reader = thread::spawn(move || {
        for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
            if sender.send(String::from_utf8_lossy(&line).trim_end().to_owned()).is_err() {
                return;
            }
        }
    });
    let stderr = progress::follow(&lines, target, |words| eprint_line!("{words}"));
    reader.join().expect("the reader only reads and sends");
    stderr
}
