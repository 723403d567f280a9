//! A memory control group, in which everything together has as much memory as in a container of that size.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// A group, which is removed when this is dropped.
pub struct Container {
    folder: PathBuf,
}

impl Container {
    /// A group with this limit; none where this user cannot make any.
    pub fn new(bytes: u64) -> Option<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("memory-test-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        own_groups().into_iter().find_map(|group| Self::with_limit(group.join(&name), bytes))
    }

    fn with_limit(folder: PathBuf, bytes: u64) -> Option<Self> {
        fs::create_dir(&folder).ok()?;
        let container = Self { folder };
        let limits = ["memory.limit_in_bytes", "memory.max"].map(|name| container.folder.join(name));
        let limit = limits.iter().find(|limit| limit.exists())?;
        fs::write(limit, bytes.to_string()).ok()?;
        // Without swap, as in most containers. Not every kernel counts it.
        for swap in [("memory.memsw.limit_in_bytes", bytes), ("memory.swap.max", 0)] {
            let _ = fs::write(container.folder.join(swap.0), swap.1.to_string());
        }
        container.takes_processes().then_some(container)
    }

    /// In version 2 a group that holds processes and has groups below it may refuse.
    fn takes_processes(&self) -> bool {
        self.run(&Command::new("/bin/true")).status.success()
    }

    /// Runs the command in the group.
    pub fn run(&self, command: &Command) -> Output {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", "echo $$ > \"$0\" && exec \"$@\""]).arg(self.folder.join("cgroup.procs"));
        shell.arg(command.get_program()).args(command.get_args());
        if let Some(folder) = command.get_current_dir() {
            shell.current_dir(folder);
        }
        shell.output().unwrap()
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        // A process that was killed leaves the group a moment later.
        for _ in 0..1000 {
            match fs::remove_dir(&self.folder) {
                Err(error) if error.raw_os_error() == Some(BUSY) => thread::sleep(Duration::from_millis(5)),
                _ => return,
            }
        }
    }
}

const BUSY: i32 = 16;

/// The folders of the memory groups that hold this process, from its own to the outermost.
fn own_groups() -> Vec<PathBuf> {
    let memberships = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let mut folders = Vec::new();
    for (beginning, mount) in [(":memory:/", "/sys/fs/cgroup/memory"), ("0::/", "/sys/fs/cgroup")] {
        let path = memberships.lines().find_map(|line| Some(line.split_once(beginning)?.1));
        folders.extend(
            path.into_iter().flat_map(|path| Path::new(path).ancestors()).map(|path| Path::new(mount).join(path)),
        );
    }
    folders
}
