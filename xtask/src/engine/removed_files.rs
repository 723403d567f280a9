//! Files that a process holds open after it has removed them: they take room on the disk, and no folder shows them.

/// Their bytes.
#[cfg(target_os = "linux")]
pub fn held_open(pid: u32) -> u64 {
    use std::collections::BTreeMap;
    use std::fs;
    use std::os::unix::fs::MetadataExt as _;
    // Each entry leads to the open file itself, wherever it was. In these blocks the system counts, whatever a disk's are.
    const BLOCK: u64 = 512;
    // Threads may have tables of their own, and several entries may be one file.
    let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let open = threads.flat_map(|thread| fs::read_dir(thread.path().join("fd")).into_iter().flatten().flatten());
    let files = open.filter_map(|entry| fs::metadata(entry.path()).ok());
    let removed = files.filter(|file| file.is_file() && file.nlink() == 0);
    let sizes: BTreeMap<(u64, u64), u64> =
        removed.map(|file| ((file.dev(), file.ino()), file.len().max(file.blocks() * BLOCK))).collect();
    sizes.values().sum()
}

/// Elsewhere nobody can look into another process without more privileges.
#[cfg(not(target_os = "linux"))]
pub fn held_open(_pid: u32) -> u64 {
    0
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn a_file_counts_from_when_it_is_removed_until_it_is_closed() {
        const SIZE: usize = 3 << 20;
        let own = std::process::id();
        // Other tests of this process have files, too: smaller ones.
        let holds = || held_open(own) >= SIZE as u64;
        let path = std::env::temp_dir().join(format!("removed-files-{own}"));
        let mut file = std::fs::File::create(&path).unwrap();
        file.write_all(&vec![1; SIZE]).unwrap();
        assert!(!holds());
        std::fs::remove_file(&path).unwrap();
        assert!(holds());
        let again = file.try_clone().unwrap();
        assert!(held_open(own) < 2 * SIZE as u64, "one file, opened twice");
        drop((file, again));
        assert!(!holds());
    }
}
