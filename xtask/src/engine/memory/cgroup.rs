//! What the control groups of this process leave it: containers and batch systems limit memory through them.
//!
//! Version 1 and version 2 have the same tree under other names. A group's limit also holds for all groups below it, so every
//! ancestor counts that can be seen from here. Where there are no control groups, none of the files exist.

use std::fs;
use std::path::{Path, PathBuf};

/// A group that holds this process, and how its files are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cgroup {
    folder: PathBuf,
    version: Version,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

/// Bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// For everything that runs there, together.
    pub total: u64,
    /// Not in use, or in use only by what can be dropped.
    pub available: u64,
}

/// The groups that hold this process, from its own to the outermost that can be seen.
pub fn own() -> Vec<Cgroup> {
    let read = |name: &str| fs::read_to_string(format!("/proc/self/{name}")).unwrap_or_default();
    groups(&read("cgroup"), &read("mountinfo"))
}

impl Cgroup {
    /// What this group leaves; none if it limits nothing.
    pub fn room(&self) -> Option<Room> {
        let (limits, usage): (&[&str], &str) = match self.version {
            Version::One => (&["memory.limit_in_bytes"], "memory.usage_in_bytes"),
            Version::Two => (&["memory.max", "memory.high"], "memory.current"),
        };
        // "max" is no number, and version 1 says the same with one that no machine has.
        let total = limits.iter().filter_map(|name| self.number(name)).filter(|limit| *limit < NO_LIMIT).min()?;
        let used = self.number(usage)?.saturating_sub(self.droppable());
        Some(Room { total, available: total.saturating_sub(used) })
    }

    /// How many of its processes the kernel has killed for want of memory, whichever group was short of it.
    pub fn oom_kills(&self) -> Option<u64> {
        let file = match self.version {
            Version::One => "memory.oom_control",
            Version::Two => "memory.events",
        };
        field(&self.read(file)?, "oom_kill")
    }

    /// Whether the kernel ends all processes of the group when it runs out of memory.
    pub fn ends_as_a_whole(&self) -> bool {
        self.version == Version::Two && self.number("memory.oom.group") == Some(1)
    }

    /// Bytes of files that are kept in memory only for speed. Half of those in active use are counted as needed.
    fn droppable(&self) -> u64 {
        let prefix = match self.version {
            Version::One => "total_",
            Version::Two => "",
        };
        let stat = self.read("memory.stat").unwrap_or_default();
        let bytes = |name: &str| field(&stat, &format!("{prefix}{name}")).unwrap_or(0);
        bytes("inactive_file") + bytes("active_file") / 2
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.read(name)?.trim().parse().ok()
    }

    fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(name)).ok()
    }
}

/// More bytes than any machine has.
const NO_LIMIT: u64 = 1 << 60;

/// The number in the line `name number`.
pub fn field(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok())
}

/// The groups of a process with this `cgroup` and `mountinfo` in `/proc`.
fn groups(memberships: &str, mounts: &str) -> Vec<Cgroup> {
    let mut groups = Vec::new();
    for mount in mounts.lines().filter_map(parse_mount) {
        let Some(path) = memberships.lines().find_map(|line| path_in(line, mount.version)) else { continue };
        // What lies outside of the mount, as in a container that sees the names of its host, has no folder here.
        let below = Path::new(path).strip_prefix(&mount.root).unwrap_or(Path::new(""));
        let is_below = below.components().all(|part| matches!(part, std::path::Component::Normal(_)));
        let below = if is_below { below } else { Path::new("") };
        groups
            .extend(below.ancestors().map(|below| Cgroup { folder: mount.point.join(below), version: mount.version }));
    }
    groups
}

/// Where a tree of groups with a memory controller is mounted.
struct Mount {
    /// The group that is the root of the mount.
    root: PathBuf,
    point: PathBuf,
    version: Version,
}

/// A line of `mountinfo`: `35 31 0:32 ROOT POINT OPTIONS … - TYPE SOURCE OPTIONS`.
fn parse_mount(line: &str) -> Option<Mount> {
    let (place, kind) = line.split_once(" - ")?;
    let mut place = place.split(' ').skip(3);
    let (root, point) = (unescaped(place.next()?), unescaped(place.next()?));
    let mut kind = kind.split(' ');
    let version = match kind.next()? {
        "cgroup2" => Version::Two,
        "cgroup" if kind.nth(1)?.split(',').any(|controller| controller == "memory") => Version::One,
        _ => return None,
    };
    Some(Mount { root, point, version })
}

/// The path in a line of `cgroup` (`4:memory:/path`, in version 2 `0::/path`), if it is about this version.
fn path_in(line: &str, version: Version) -> Option<&str> {
    let (number, rest) = line.split_once(':')?;
    let (controllers, path) = rest.split_once(':')?;
    let is_meant = match version {
        Version::One => controllers.split(',').any(|controller| controller == "memory"),
        Version::Two => number == "0" && controllers.is_empty(),
    };
    is_meant.then_some(path)
}

/// Spaces, tabs, line ends and backslashes in paths are written as octal numbers.
fn unescaped(path: &str) -> PathBuf {
    let escapes = [(r"\040", " "), (r"\011", "\t"), (r"\012", "\n"), (r"\134", "\\")];
    escapes.iter().fold(path.to_owned(), |path, (escape, meant)| path.replace(escape, meant)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    fn folders(memberships: &str, mounts: &str) -> Vec<String> {
        groups(memberships, mounts).iter().map(|group| group.folder.display().to_string()).collect()
    }

    #[test]
    fn every_ancestor_counts_in_both_versions() {
        let mounts =
            "30 25 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n25 1 8:1 / / rw - ext4 /dev/sda rw";
        let expected = ["/sys/fs/cgroup/a.slice/b.scope", "/sys/fs/cgroup/a.slice", "/sys/fs/cgroup/"];
        assert_eq!(folders("0::/a.slice/b.scope\n", mounts), expected);
        let mounts = "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n\
                      36 31 0:33 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu";
        let memberships = "5:cpu,cpuacct:/else\n4:memory:/slurm/job\n0::/\n";
        let expected = ["/sys/fs/cgroup/memory/slurm/job", "/sys/fs/cgroup/memory/slurm", "/sys/fs/cgroup/memory/"];
        assert_eq!(folders(memberships, mounts), expected);
    }

    #[test]
    fn a_container_sees_its_own_group_at_the_mount_whatever_it_is_named() {
        // Version 1 in a container: the names are the host's, and only a part of the tree is mounted.
        let mounts = "35 31 0:32 /docker/1f2e /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory";
        assert_eq!(folders("4:memory:/docker/1f2e\n", mounts), ["/sys/fs/cgroup/memory/"]);
        assert_eq!(folders("4:memory:/elsewhere\n", mounts), ["/sys/fs/cgroup/memory/"]);
        // Version 2 with a namespace, and a process that was moved out of it.
        let mounts = "30 25 0:27 / /sys/fs/cgroup ro - cgroup2 cgroup rw";
        assert_eq!(folders("0::/\n", mounts), ["/sys/fs/cgroup/"]);
        assert_eq!(folders("0::/../other\n", mounts), ["/sys/fs/cgroup/"]);
    }

    #[test]
    fn nothing_is_found_where_there_are_no_groups() {
        assert!(groups("", "").is_empty());
        assert!(groups("0::/\n", "25 1 8:1 / / rw - ext4 /dev/sda rw\nnothing").is_empty());
        assert_eq!(unescaped(r"/a\040b"), Path::new("/a b"));
    }

    /// A group whose files hold this.
    fn group(name: &str, version: Version, files: &[(&str, String)]) -> Cgroup {
        let folder = std::env::temp_dir().join(format!("cgroup-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (file, content) in files {
            fs::write(folder.join(file), content).unwrap();
        }
        Cgroup { folder, version }
    }

    #[test]
    fn the_lower_of_two_limits_counts_and_files_in_memory_are_room() {
        let files = [
            ("memory.max", format!("{}\n", 1024 * MIB)),
            ("memory.high", format!("{}\n", 900 * MIB)),
            ("memory.current", format!("{}\n", 500 * MIB)),
            ("memory.stat", format!("anon 7\ninactive_file {}\nactive_file {}\n", 100 * MIB, 200 * MIB)),
            ("memory.events", "low 0\noom 3\noom_kill 2\noom_group_kill 0\n".into()),
            ("memory.oom.group", "1\n".into()),
        ];
        let two = group("two", Version::Two, &files);
        assert_eq!(two.room(), Some(Room { total: 900 * MIB, available: 600 * MIB }));
        assert_eq!(two.oom_kills(), Some(2));
        assert!(two.ends_as_a_whole());
        fs::remove_dir_all(two.folder).unwrap();
    }

    #[test]
    fn version_1_counts_the_groups_below_too() {
        let files = [
            ("memory.limit_in_bytes", format!("{}\n", 512 * MIB)),
            ("memory.usage_in_bytes", format!("{}\n", 512 * MIB)),
            ("memory.stat", format!("inactive_file 1\ntotal_inactive_file {}\ntotal_active_file 0\n", 12 * MIB)),
            ("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n".into()),
        ];
        let one = group("one", Version::One, &files);
        assert_eq!(one.room(), Some(Room { total: 512 * MIB, available: 12 * MIB }));
        assert_eq!(one.oom_kills(), Some(4));
        assert!(!one.ends_as_a_whole());
        fs::remove_dir_all(one.folder).unwrap();
    }

    #[test]
    fn a_group_without_a_limit_leaves_everything() {
        let max = [("memory.max", "max\n".into()), ("memory.high", "max\n".into()), ("memory.current", "7\n".into())];
        let two = group("max", Version::Two, &max);
        assert_eq!(two.room(), None);
        fs::remove_dir_all(two.folder).unwrap();
        let limit = [("memory.limit_in_bytes", "9223372036854771712\n".into()), ("memory.usage_in_bytes", "7".into())];
        let one = group("none", Version::One, &limit);
        assert_eq!(one.room(), None);
        fs::remove_dir_all(one.folder).unwrap();
    }
}
