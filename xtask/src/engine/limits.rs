//! The launcher: `xtask __limited … -- PROGRAM ARGS` limits itself, then becomes the program.
//!
//! Limits set by the process on itself need no `unsafe`, which limits set between fork and exec would.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, ExitCode};

/// What a process may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Seconds of CPU time, of each process by itself. CPU time, not time on the clock: a loaded machine changes no verdict.
    pub cpu: Option<u64>,
    /// Bytes of address space.
    pub memory: Option<u64>,
    /// Bytes of one file that it writes.
    pub file: Option<u64>,
}

/// CPU time of one test, and of one process of a build.
pub const TEST_SECONDS: u64 = 2;
pub const BUILD_SECONDS: u64 = 120;

/// Limits of one test.
pub const TEST: Limits = Limits { cpu: Some(TEST_SECONDS), memory: Some(2 << 30), file: Some(64 << 20) };

/// Limits of a build: what ends a compiler that evaluates an endless loop, and nothing else.
pub const BUILD: Limits = Limits { cpu: Some(BUILD_SECONDS), memory: None, file: None };

/// No limit, but a process group, and an end with the runner's.
pub const NONE: Limits = Limits { cpu: None, memory: None, file: None };

const FLAG: &str = "__limited";

/// A command that runs `program` under `limits`, in a process group of its own, and never longer than this process.
pub fn command(limits: Limits, program: impl AsRef<OsStr>, folder: &Path) -> anyhow::Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    let number = |limit: Option<u64>| limit.unwrap_or(0).to_string();
    command.args([
        FLAG,
        &number(limits.cpu),
        &number(limits.memory),
        &number(limits.file),
        &std::process::id().to_string(),
    ]);
    command.arg(program).current_dir(folder);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    Ok(command)
}

/// If this process was started as the launcher, becomes the program; comes back only with an exit code for a failure.
pub fn launch_if_asked() -> Option<ExitCode> {
    let mut arguments = env::args_os().skip(1);
    if arguments.next()? != FLAG {
        return None;
    }
    Some(launch(arguments).unwrap_or_else(|error| {
        eprintln!("the launcher failed: {error:#}");
        ExitCode::from(3)
    }))
}

fn launch(mut arguments: impl Iterator<Item = OsString>) -> anyhow::Result<ExitCode> {
    let mut number = || arguments.next().and_then(|text| text.to_str()?.parse::<u64>().ok());
    let (Some(cpu), Some(memory), Some(file), Some(parent)) = (number(), number(), number(), number()) else {
        anyhow::bail!("{FLAG} is the runner's own and needs its four numbers");
    };
    let optional = |limit: u64| (limit > 0).then_some(limit);
    let Some(program) = arguments.next() else { anyhow::bail!("{FLAG} needs a program") };
    become_limited(Limits { cpu: optional(cpu), memory: optional(memory), file: optional(file) }, parent)?;
    run(Command::new(program).args(arguments))
}

#[cfg(unix)]
fn become_limited(limits: Limits, parent: u64) -> anyhow::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let set = |resource, soft: u64, hard: u64| {
        // A hard limit that the user already has may be lower: it cannot be raised, and need not be.
        let most = getrlimit(resource).maximum.unwrap_or(u64::MAX);
        setrlimit(resource, Rlimit { current: Some(soft.min(most)), maximum: Some(hard.min(most)) })
    };
    set(Resource::Core, 0, 0)?;
    if let Some(seconds) = limits.cpu {
        set(Resource::Cpu, seconds, seconds + 1)?;
    }
    if let Some(bytes) = limits.file {
        set(Resource::Fsize, bytes, bytes)?;
    }
    if let Some(bytes) = limits.memory {
        let limited = set(Resource::As, bytes, bytes);
        // Not every unix can limit the address space; the other limits still hold there.
        if cfg!(target_os = "linux") {
            limited?;
        }
    }
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    // The runner may have died before the line above: then nobody is left to end this process.
    anyhow::ensure!(u64::from(std::os::unix::process::parent_id()) == parent, "the runner has ended");
    Ok(())
}

/// Windows limits a process from outside only, through a job object; there the limit on time, kept by the runner, must do.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as on unix")]
fn become_limited(_limits: Limits, _parent: u64) -> anyhow::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn run(command: &mut Command) -> anyhow::Result<ExitCode> {
    let error = std::os::unix::process::CommandExt::exec(command);
    Err(anyhow::Error::new(error).context(format!("could not start {}", command.get_program().display())))
}

#[cfg(not(unix))]
fn run(command: &mut Command) -> anyhow::Result<ExitCode> {
    let status = command.status()?;
    // 3 stands for what the runner cannot tell apart here.
    Ok(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(3)))
}
