//! Commands that are programs of their own: `watch`, and what instructors and authors need. Each is built when it is first
//! asked for, so that nobody else waits for it.

use crate::cli::ForwardedArgs;
use anyhow::Context as _;
use std::ffi::OsStr;
use std::process::Command;
use xtask::course::Course;
use xtask::engine::cargo;
use xtask::eprint_line;
use xtask::exit::Outcome;

/// A program in a crate of its own.
#[derive(Debug, Clone, Copy)]
pub struct ExternalProgram {
    package: &'static str,
    /// Printed before it is built for the first time.
    building: &'static str,
    /// Libraries of its own that work through every byte of a class: hashes, archives and reports. Optimized, they cost a few
    /// seconds in the first build, and a fourth of the time to report on thousands. Written here and not in the workspace's
    /// manifest, where a course without the program would be warned of libraries that it does not have.
    optimized: &'static [&'static str],
}

pub const STAFF: ExternalProgram = ExternalProgram {
    package: "staff",
    building: "Building the instructors' tools. This happens once; on a slow machine, it takes a few minutes.",
    optimized: &[
        "block-buffer",
        "crc32fast",
        "csv-core",
        "digest",
        "maud",
        "miniz_oxide",
        "quick-xml",
        "sha2",
        "simd-adler32",
    ],
};

pub const WATCH: ExternalProgram = ExternalProgram {
    package: "watch",
    building: "Building the watcher. This happens once; on a slow machine, it takes a minute or two.",
    optimized: &[],
};

/// A command of the instructors' and authors' part.
pub fn staff(course: &Course, name: &str, forwarded: &ForwardedArgs) -> anyhow::Result<Outcome> {
    start(course, STAFF, [name.as_ref()].into_iter().chain(forwarded.arguments.iter().map(AsRef::as_ref)))
}

/// `watch`.
pub fn watch(course: &Course, forwarded: &ForwardedArgs) -> anyhow::Result<Outcome> {
    start(course, WATCH, forwarded.arguments.iter().map(AsRef::as_ref))
}

/// Builds the program if need be, and starts it with the arguments as they are.
fn start<'a>(
    course: &Course,
    program: ExternalProgram,
    arguments: impl Iterator<Item = &'a OsStr>,
) -> anyhow::Result<Outcome> {
    let target = course.root.join("target").join("xtask");
    let built = target.join("debug").join(program.package).with_extension(std::env::consts::EXE_EXTENSION);
    let is_first = !built.exists();
    if is_first {
        eprint_line!("{}", program.building);
    }
    let mut command = Command::new(cargo::program());
    cargo::clean_environment(&mut command);
    command.arg("run");
    // A long build shows cargo's own progress.
    if !is_first {
        command.arg("--quiet");
    }
    for library in program.optimized {
        command.arg("--config").arg(format!("profile.dev.package.{library}.opt-level=3"));
    }
    command.args(["--package", program.package, "--manifest-path"]);
    command.arg(course.root.join("Cargo.toml")).arg("--target-dir").arg(target).arg("--").args(arguments);
    become_program(command)
}

/// This process becomes the program, so that the terminal's signals reach that.
#[cfg(unix)]
fn become_program(mut command: Command) -> anyhow::Result<Outcome> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec()).with_context(cargo::not_started)
}

#[cfg(not(unix))]
fn become_program(mut command: Command) -> anyhow::Result<Outcome> {
    let status = command.status().with_context(cargo::not_started)?;
    // The program has reported what went wrong.
    std::process::exit(status.code().unwrap_or(xtask::exit::INTERRUPTED));
}
