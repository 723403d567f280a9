//! Whether the machine, or the container, is short of memory: what it lacks is its own fault, never a program's.
//!
//! A test has the same limit on every machine, and a verdict only if nothing kept it from using as much. A program that uses up
//! all that a small machine has might have gone on to the limit, or might have needed a little more and passed: which of the
//! two cannot be known there. So what ends for want of memory below the limit has no verdict.
//!
//! Three things see to it that only that program ends. The kernel picks it rather than the runner, since the
//! [launcher](super::launcher) has offered it. [`MemoryWatch`] ends it before the kernel must. And whatever may have lacked
//! memory runs again alone, so that no neighbour's greed decides.

mod cgroup;

pub use cgroup::Room;

use cgroup::{Cgroup, field};
use std::fs;
use std::sync::OnceLock;

/// Watches the memory that the machine and its containers leave while one process runs.
#[derive(Debug)]
pub struct MemoryWatch {
    oom_kills: Option<u64>,
    was_low: bool,
}

impl MemoryWatch {
    pub fn start() -> Self {
        let mut watch = Self { oom_kills: oom_kills(), was_low: false };
        watch.sample();
        watch
    }

    /// Looks once; whether so little is left that something must end now.
    pub fn sample(&mut self) -> bool {
        let is_used_up = room().is_some_and(|room| room.available < reserve(room.total));
        self.was_low |= is_used_up || fs::read_to_string("/proc/meminfo").is_ok_and(|text| is_low(&text));
        is_used_up
    }

    /// Whether the kernel has meanwhile killed a process for want of memory, or little memory was left.
    pub fn was_short(&self) -> bool {
        self.was_low || oom_kills() != self.oom_kills
    }
}

/// The memory that is left to this process and all that it starts: the least that the machine or a container leaves. None where
/// the system does not say.
pub fn room() -> Option<Room> {
    let of_machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| of_machine(&text));
    let of_groups = own_groups().iter().filter_map(Cgroup::room);
    let rooms: Vec<Room> = of_groups.chain(of_machine).collect();
    let total = rooms.iter().map(|room| room.total).min()?;
    let available = rooms.iter().map(|room| room.available).min()?;
    Some(Room { total, available })
}

/// Whether so much is left that no process can use it up while the runner takes a little of it.
pub fn is_plenty() -> bool {
    const PLENTY: u64 = 2 << 30;
    room().is_none_or(|room| room.available >= PLENTY)
}

/// Whether a process has taken so much that ending it helps.
pub fn holds_much(pid: u32) -> bool {
    const MUCH: u64 = 32 << 20;
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let held: u64 = ["RssAnon", "RssShmem"].iter().filter_map(|name| kilobytes(&status, name)).sum();
    held * 1024 > MUCH
}

/// Whether the system may refuse a process memory although it has not taken `limit` bytes of address space yet.
pub fn may_be_refused_below(limit: u64) -> bool {
    let overcommit = fs::read_to_string("/proc/sys/vm/overcommit_memory").unwrap_or_default();
    let meminfo = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    hard_limit().is_some_and(|hard| hard < limit) || refuses(overcommit.trim(), &meminfo, limit)
}

/// Whether the kernel ends this process, too, when a container runs out of memory.
pub fn ends_as_a_whole() -> bool {
    own_groups().iter().any(|group| group.ends_as_a_whole() && group.room().is_some())
}

/// The same in a report of every run: what is left changes all the time, what the machine has does not.
pub fn lacked(limit: u64) -> String {
    let of_machine =
        room().map(|room| format!(" on this machine, which has {} MiB", mebibytes(room.total))).unwrap_or_default();
    format!("it needs more memory than is left{of_machine}; it may use up to {} MiB", mebibytes(limit))
}

pub fn mebibytes(bytes: u64) -> u64 {
    bytes >> 20
}

/// The largest request for memory that a Rust program reports to have failed.
pub fn refused_request(stderr: &str) -> Option<u64> {
    let requests = stderr.split("memory allocation of ").skip(1);
    requests.filter_map(|rest| rest.split_once(" bytes failed")?.0.parse().ok()).max()
}

/// How little may be left before something must end: enough for what runs on until then.
fn reserve(total: u64) -> u64 {
    (total / 16).clamp(32 << 20, 128 << 20)
}

fn own_groups() -> &'static [Cgroup] {
    static GROUPS: OnceLock<Vec<Cgroup>> = OnceLock::new();
    GROUPS.get_or_init(cgroup::own)
}

/// How many processes the kernel has killed for want of memory: in the runner's own group, which holds all that it starts, or else
/// on the whole machine.
fn oom_kills() -> Option<u64> {
    let of_group = own_groups().iter().find_map(Cgroup::oom_kills);
    of_group.or_else(|| field(&fs::read_to_string("/proc/vmstat").ok()?, "oom_kill"))
}

/// The most address space that the user allows any process.
fn hard_limit() -> Option<u64> {
    #[cfg(unix)]
    return rustix::process::getrlimit(rustix::process::Resource::As).maximum;
    #[cfg(not(unix))]
    None
}

/// Whether the kernel itself refuses requests, instead of hoping that not everything will be used.
fn refuses(overcommit: &str, meminfo: &str, limit: u64) -> bool {
    let bytes = |name: &str| kilobytes(meminfo, name).map(|kilobytes| kilobytes * 1024);
    match overcommit {
        // It refuses only a single request that is larger than all there is.
        "0" => bytes("MemTotal").is_some_and(|all| all + bytes("SwapTotal").unwrap_or(0) < limit),
        "2" => bytes("CommitLimit").zip(bytes("Committed_AS")).is_some_and(|(most, now)| most < now + limit),
        _ => false,
    }
}

/// Swap counts: it is slow, and still memory.
fn of_machine(meminfo: &str) -> Option<Room> {
    let bytes = |name: &str| kilobytes(meminfo, name).map(|kilobytes| kilobytes * 1024);
    let available = bytes("MemAvailable")? + bytes("SwapFree").unwrap_or(0);
    Some(Room { total: bytes("MemTotal")? + bytes("SwapTotal").unwrap_or(0), available })
}

/// Programs like `earlyoom` and `systemd-oomd` kill when less than a tenth is available.
fn is_low(meminfo: &str) -> bool {
    let (available, all) = (kilobytes(meminfo, "MemAvailable"), kilobytes(meminfo, "MemTotal"));
    available.zip(all).is_some_and(|(available, all)| available < all / 10)
}

/// The number in a line `Name:   number kB`.
fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    #[test]
    fn what_the_kernel_has_killed_is_counted() {
        assert_eq!(field("nr_free_pages 7\noom_kill 12\n", "oom_kill"), Some(12));
        assert_eq!(field("nr_free_pages 7\noom_kill_other 3\n", "oom_kill"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_holds_what_it_has_written_to() {
        let mut sleeper = std::process::Command::new("sleep").arg("100").spawn().unwrap();
        assert!(!holds_much(sleeper.id()));
        sleeper.kill().unwrap();
        sleeper.wait().unwrap();
        let held = vec![1_u8; 64 << 20];
        assert!(holds_much(std::process::id()));
        drop(held);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_machine_says_what_it_has() {
        let room = room().unwrap();
        assert!(0 < room.available && room.available <= room.total);
        assert!(
            lacked(2 * GIB).contains(&format!("which has {} MiB; it may use up to 2048 MiB", mebibytes(room.total)))
        );
    }

    #[test]
    fn less_than_a_tenth_is_little() {
        let meminfo =
            |available: u64| format!("MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:  {available} kB\n");
        assert!(is_low(&meminfo(99)));
        assert!(!is_low(&meminfo(100)));
        assert!(!is_low("nothing"));
    }

    #[test]
    fn swap_is_memory_too() {
        let meminfo = "MemTotal: 1000 kB\nMemAvailable: 10 kB\nSwapTotal: 500 kB\nSwapFree: 400 kB\n";
        assert_eq!(of_machine(meminfo), Some(Room { total: 1500 * 1024, available: 410 * 1024 }));
        assert_eq!(of_machine("nothing"), None);
    }

    #[test]
    fn only_a_machine_that_refuses_requests_below_the_limit_is_to_blame_for_one() {
        let small = "MemTotal: 1048576 kB\nSwapTotal: 0 kB\nCommitLimit: 4194304 kB\nCommitted_AS: 1048576 kB\n";
        assert!(refuses("0", small, 2 * GIB));
        assert!(!refuses("0", small, GIB));
        assert!(!refuses("1", small, 2 * GIB));
        assert!(!refuses("2", small, 3 * GIB));
        assert!(refuses("2", small, 3 * GIB + 1));
        assert!(!refuses("", "", 2 * GIB));
    }

    #[test]
    fn the_largest_refused_request_counts() {
        let stderr = "memory allocation of 12 bytes failed\nmemory allocation of 4294967296 bytes failed\n";
        assert_eq!(refused_request(stderr), Some(4 * GIB));
        assert_eq!(refused_request("memory allocation of many bytes failed"), None);
    }
}
