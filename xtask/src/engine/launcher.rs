//! The launcher: starts processes with limits, which do not outlive the runner.
//!
//! The runner starts itself again, as `xtask __become …` or `xtask __guard …`; that process limits itself, then becomes the
//! program or guards it. A process can limit itself without `unsafe`; limits set between fork and exec would need it.
//!
//! Windows limits a process only from outside, through a job object. There the program is started without limits, except for
//! the runner's own limit on time; what that program has started lives on.

use super::budget;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, ExitCode};

/// The resources that a process may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Seconds of CPU time for each process. CPU time rather than wall time, so that load changes no verdict.
    pub cpu: Option<u64>,
    /// Bytes of address space.
    pub memory: Option<u64>,
    /// Bytes of one file that the process writes.
    pub file: Option<u64>,
    /// Further restrictions, in words that the [`Confine`] of the launching program understands. Empty for none.
    pub confinement: String,
}

/// Confines the calling process as the words say, before it becomes the command's program or starts it. Only the grader does.
pub type Confine = dyn Fn(&str, &Command) -> anyhow::Result<()>;

/// Reference seconds that a test may work: see [`super::budget`].
pub const TEST_SECONDS: u64 = budget::USER_SECONDS;

/// Reference seconds that one process of a build may work.
pub const BUILD_SECONDS: u64 = 60;

/// Threads that one test may have at once. With stacks of the usual size, no more fit into its memory.
pub const TEST_THREADS: usize = 1000;

/// Bytes that all temporary files of one test may take.
pub const TEST_FILES: u64 = 256 << 20;

/// Bytes of address space that one test may take.
pub const TEST_MEMORY: u64 = 2 << 30;

/// Bytes of address space that one process of a build of foreign code may take.
pub const FOREIGN_BUILD_MEMORY: u64 = 4 << 30;

/// Limits of one test. The one on CPU time is the last resort, for systems where the runner cannot see a process's CPU time.
pub const TEST: Limits = Limits {
    cpu: Some(budget::MOST_SECONDS),
    memory: Some(TEST_MEMORY),
    file: Some(64 << 20),
    confinement: String::new(),
};

/// Limits of a build: they end a compiler that evaluates an endless loop, and nothing else.
pub const BUILD: Limits = Limits { cpu: Some(BUILD_SECONDS), memory: None, file: None, confinement: String::new() };

/// Limits of a build of foreign code: they also end a compiler that needs ever more memory.
pub const FOREIGN_BUILD: Limits = Limits {
    cpu: Some(BUILD_SECONDS),
    memory: Some(FOREIGN_BUILD_MEMORY),
    file: Some(1 << 30),
    confinement: String::new(),
};

/// [`BUILD_SECONDS`] in seconds of this machine as it is now.
pub fn build_seconds_now(measure_in: &Path) -> u64 {
    budget::ThisMachine(measure_in).scaled(BUILD_SECONDS)
}

/// No limits; still the process has a group, and does not outlive the runner.
pub const NONE: Limits = Limits { cpu: None, memory: None, file: None, confinement: String::new() };

/// A command that runs `program` under `limits`, as the leader of a process group.
///
/// The program itself dies with the runner (on Linux); what it starts is killed with the group.
pub fn limited(limits: &Limits, program: impl AsRef<OsStr>, folder: &Path) -> anyhow::Result<Command> {
    platform::command("__become", limits, program.as_ref(), folder)
}

/// A command that runs `program`, which starts further programs, under `limits`, in a process group.
///
/// All of them die with the runner: when the pipe that is the command's standard input is closed, by the runner or by the
/// runner's end, the group is killed. So pipe it, and wait with [`super::process_group::ProcessGroup::wait`].
pub fn guarded(limits: &Limits, program: impl AsRef<OsStr>, folder: &Path) -> anyhow::Result<Command> {
    platform::command("__guard", limits, program.as_ref(), folder)
}

/// The exit code of [`guarded`] whose program was ended by a signal.
pub const GUARDED_WAS_KILLED: u8 = 137;

/// If this process was started as the launcher, does the launcher's work and returns its exit code.
pub fn launch_if_asked(confine: &Confine) -> Option<ExitCode> {
    platform::launch_if_asked(confine)
}

/// The [`Confine`] of a program that asks for no confinement.
pub fn no_confinement(words: &str, _program: &Command) -> anyhow::Result<()> {
    anyhow::ensure!(words.is_empty(), "this program cannot confine another");
    Ok(())
}

#[cfg(not(unix))]
mod platform {
    use super::{Command, Confine, ExitCode, Limits, OsStr, Path};

    #[expect(clippy::unnecessary_wraps, reason = "the same signature as on unix")]
    pub fn command(_how: &str, _limits: &Limits, program: &OsStr, folder: &Path) -> anyhow::Result<Command> {
        let mut command = Command::new(program);
        command.current_dir(folder);
        Ok(command)
    }

    pub fn launch_if_asked(_confine: &Confine) -> Option<ExitCode> {
        None
    }
}

#[cfg(unix)]
mod platform {
    use super::{Command, Confine, ExitCode, GUARDED_WAS_KILLED, Limits, OsStr, Path};
    use anyhow::Context as _;
    use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};
    use std::env;
    use std::os::unix::process::{CommandExt as _, parent_id};
    use std::process::Stdio;
    use std::thread;

    pub fn command(how: &str, limits: &Limits, program: &OsStr, folder: &Path) -> anyhow::Result<Command> {
        let mut command = Command::new(env::current_exe().context("the runner cannot find its own executable")?);
        command.arg(how);
        for limit in [limits.cpu, limits.memory, limits.file, Some(std::process::id().into())] {
            command.arg(limit.unwrap_or(0).to_string());
        }
        command.arg(&limits.confinement).arg(program).current_dir(folder).process_group(0);
        Ok(command)
    }

    pub fn launch_if_asked(confine: &Confine) -> Option<ExitCode> {
        let mut arguments = env::args_os().skip(1);
        let how = arguments.next()?;
        let launch = match how.to_str()? {
            "__become" => become_program,
            "__guard" => guard,
            _ => return None,
        };
        let mut number = || arguments.next().and_then(|text| text.to_str()?.parse::<u64>().ok()).unwrap_or(0);
        let mut limit = || Some(number()).filter(|limit| *limit > 0);
        let mut limits = Limits { cpu: limit(), memory: limit(), file: limit(), confinement: String::new() };
        let runner = number();
        limits.confinement = arguments.next()?.into_string().ok()?;
        let mut command = Command::new(arguments.next()?);
        command.args(arguments);
        offer_oneself_when_memory_runs_out();
        let limited = limit_oneself(&limits).and_then(|()| confine(&limits.confinement, &command));
        Some(limited.and_then(|()| launch(command, runner)).unwrap_or_else(|error| {
            eprintln!("the launcher failed: {error:#}");
            ExitCode::from(3)
        }))
    }

    /// When memory runs out, the kernel ends one process. It must be this one, or one that it starts, and not the runner: nor, on a
    /// learner's own machine, the editor. Every process may offer itself; only a privileged one can take that back.
    fn offer_oneself_when_memory_runs_out() {
        // Without `/proc` the kernel judges by size alone, which is no reason not to start.
        #[cfg(target_os = "linux")]
        let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    }

    fn limit_oneself(limits: &Limits) -> anyhow::Result<()> {
        set(Resource::Core, 0, 0)?;
        if let Some(seconds) = limits.cpu {
            // The signal at the soft limit says why; the hard limit ends a process that ignores it.
            set(Resource::Cpu, seconds, seconds + 1)?;
        }
        if let Some(bytes) = limits.file {
            set(Resource::Fsize, bytes, bytes)?;
        }
        if let Some(bytes) = limits.memory {
            let limited = set(Resource::As, bytes, bytes);
            // Not every unix can limit the address space; the other limits still apply there.
            if cfg!(target_os = "linux") {
                limited?;
            }
        }
        Ok(())
    }

    fn set(resource: Resource, soft: u64, hard: u64) -> anyhow::Result<()> {
        // The user's hard limit may already be lower: it cannot be raised, and need not be.
        let most = getrlimit(resource).maximum.unwrap_or(u64::MAX);
        setrlimit(resource, Rlimit { current: Some(soft.min(most)), maximum: Some(hard.min(most)) })
            .with_context(|| format!("the limit {resource:?} could not be set"))
    }

    fn become_program(mut command: Command, runner: u64) -> anyhow::Result<ExitCode> {
        #[cfg(target_os = "linux")]
        rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
        // The runner may have died before the line above: then nothing is left to end this process.
        anyhow::ensure!(u64::from(parent_id()) == runner, "the runner has ended");
        let error = command.exec();
        Err(error).with_context(|| format!("could not start {}", command.get_program().display()))
    }

    fn guard(mut command: Command, _runner: u64) -> anyhow::Result<ExitCode> {
        command.stdin(Stdio::null());
        let mut child =
            command.spawn().with_context(|| format!("could not start {}", command.get_program().display()))?;
        thread::spawn(|| {
            // Nothing is ever written to it: the pipe closes when the runner ends.
            let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
            let _ = rustix::process::kill_current_process_group(Signal::KILL);
        });
        let code = child.wait()?.code().and_then(|code| u8::try_from(code).ok());
        Ok(ExitCode::from(code.unwrap_or(GUARDED_WAS_KILLED)))
    }
}
