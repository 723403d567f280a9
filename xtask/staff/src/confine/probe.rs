//! What the system grants, found out by trying: a process under the policy of a test tries what it must not be able to do.

use super::Policy;
use crate::model::Confinement;
use anyhow::Context as _;
use std::fs;
use std::io::Read as _;
use std::net::UdpSocket;
use std::path::Path;
use std::process::{Command, ExitCode};
use xtask::engine::launcher;

/// The first argument of the process that tries.
pub const ARGUMENT: &str = "__probe";

/// Starts the grader as a test would be started, and reports what it could not do.
pub fn probe(folder: &Path) -> anyhow::Result<Confinement> {
    let program = std::env::current_exe().context("the grader cannot find its own executable")?;
    let limits = launcher::Limits { confinement: Policy::of_program(program.clone()).words(), ..launcher::TEST };
    let tried = launcher::limited(&limits, program, folder)?
        .arg(ARGUMENT)
        .output()
        .context("could not start a process under confinement")?;
    anyhow::ensure!(
        tried.status.success(),
        "a process under confinement could not be started: {}",
        String::from_utf8_lossy(&tried.stderr).trim_end()
    );
    let said = String::from_utf8_lossy(&tried.stdout);
    let mut confinement = Confinement::default();
    for trial in TRIALS {
        let list = if said.lines().any(|line| line == trial.name) {
            &mut confinement.granted
        } else {
            &mut confinement.missing
        };
        list.push(trial.denies.to_owned());
    }
    confinement.granted.push(limits_granted());
    Ok(confinement)
}

/// Nothing is confined: the report must say so.
pub fn nothing() -> Confinement {
    let missing = TRIALS.iter().map(|trial| trial.denies.to_owned()).collect();
    Confinement { granted: vec![limits_granted()], missing }
}

/// If this process was started to try, tries everything and prints the names of what was denied.
pub fn try_if_asked() -> Option<ExitCode> {
    if std::env::args().nth(1).as_deref() != Some(ARGUMENT) {
        return None;
    }
    for trial in TRIALS {
        if !(trial.succeeds)() {
            println!("{}", trial.name);
        }
    }
    Some(ExitCode::SUCCESS)
}

struct Trial {
    name: &'static str,
    /// What is denied when the trial fails.
    denies: &'static str,
    succeeds: fn() -> bool,
}

const TRIALS: &[Trial] = &[
    Trial {
        name: "read",
        denies: "Submitted code can read only the system's libraries and its own temporary files.",
        succeeds: || fs::read_dir("/").is_ok() || fs::read("/etc/hosts").is_ok() || fs::read("/etc/passwd").is_ok(),
    },
    Trial {
        name: "write",
        denies: "Submitted code can write only its own temporary files.",
        succeeds: || {
            let path = std::env::temp_dir().join(format!("event-loop-quests-probe-{}", std::process::id()));
            let written = fs::write(&path, "").is_ok();
            let _ = fs::remove_file(path);
            written
        },
    },
    Trial {
        name: "proc",
        denies: "Submitted code cannot look into any process, not even into its own memory.",
        succeeds: || {
            let own = fs::File::open("/proc/self/mem").is_ok();
            own || fs::File::open("/proc/1/cmdline").is_ok_and(|mut file| file.read(&mut [0]).is_ok())
        },
    },
    Trial {
        name: "network",
        denies: "Submitted code cannot use the network, not even within this machine.",
        succeeds: || UdpSocket::bind("127.0.0.1:0").is_ok(),
    },
    Trial {
        name: "processes",
        denies: "Submitted code cannot start a process, so it leaves nothing running.",
        succeeds: || {
            // The grader's own program is the one file that may be executed here.
            let program = std::env::current_exe().or_else(|_| std::env::args().next().map(Into::into).ok_or(()));
            program.is_ok_and(|program| Command::new(program).arg("--version").output().is_ok())
        },
    },
    Trial {
        name: "signals",
        denies: "Submitted code cannot signal other processes.",
        succeeds: system::can_signal_its_parent,
    },
    Trial {
        name: "priorities",
        denies: "Submitted code cannot change the priority or the CPUs of any process, not even its own.",
        succeeds: system::can_change_priorities,
    },
    Trial { name: "root", denies: "Submitted code has no root privileges.", succeeds: system::has_powers_of_root },
    // The last one: who succeeds here is another program then, and has nothing more to say.
    Trial {
        name: "programs",
        denies: "Submitted code cannot become another program, so it cannot run anything that it has written.",
        succeeds: system::can_become_another_program,
    },
];

#[cfg(target_os = "linux")]
mod system {
    use rustix::process::{getppid, getpriority_process, setpriority_process, test_kill_process};
    use rustix::thread::{CpuSet, capabilities, sched_getaffinity, sched_setaffinity};
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    pub fn can_signal_its_parent() -> bool {
        getppid().is_some_and(|parent| test_kill_process(parent).is_ok())
    }

    /// Sets what is set already: it hurts nobody where it is not denied.
    pub fn can_change_priorities() -> bool {
        [None, getppid()].into_iter().any(|process| {
            let priority = getpriority_process(process).unwrap_or_default();
            let processors = sched_getaffinity(process).unwrap_or_else(|_| CpuSet::new());
            setpriority_process(process, priority).is_ok() || sched_setaffinity(process, &processors).is_ok()
        })
    }

    pub fn has_powers_of_root() -> bool {
        capabilities(None).is_ok_and(|sets| !sets.permitted.is_empty() || !sets.effective.is_empty())
    }

    pub fn can_become_another_program() -> bool {
        // The grader's own program is the one file that may be executed here.
        let program = std::env::args_os().next().unwrap_or_default();
        let _ = Command::new(program).arg("--version").exec();
        false
    }
}

/// Only Linux confines.
#[cfg(not(target_os = "linux"))]
mod system {
    pub fn can_signal_its_parent() -> bool {
        true
    }

    pub fn can_change_priorities() -> bool {
        true
    }

    pub fn has_powers_of_root() -> bool {
        true
    }

    pub fn can_become_another_program() -> bool {
        true
    }
}

fn limits_granted() -> String {
    if cfg!(unix) {
        format!("A test ends after {} seconds of work, 2 GiB of memory, or 4 MiB of output.", launcher::TEST_SECONDS)
    } else {
        "A test ends after 10 seconds, or 4 MiB of output.".to_owned()
    }
}
