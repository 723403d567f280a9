//! Whether the machine was short of memory, so that the system may have killed a process.

use std::fs;

/// Watches the machine's memory.
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

    pub fn sample(&mut self) {
        self.was_low |= fs::read_to_string("/proc/meminfo").is_ok_and(|text| is_low(&text));
    }

    /// Whether the kernel has meanwhile killed a process for want of memory, in any container, or little memory was left.
    pub fn was_short(&self) -> bool {
        self.was_low || oom_kills() != self.oom_kills
    }
}

/// How many processes the kernel has killed for want of memory since it booted.
fn oom_kills() -> Option<u64> {
    counted(&fs::read_to_string("/proc/vmstat").ok()?)
}

fn counted(vmstat: &str) -> Option<u64> {
    vmstat.lines().find_map(|line| line.strip_prefix("oom_kill "))?.trim().parse().ok()
}

/// Programs like `earlyoom` and `systemd-oomd` kill when less than a tenth is available.
fn is_low(meminfo: &str) -> bool {
    let kilobytes = |name: &str| {
        let rest = meminfo.lines().find_map(|line| line.strip_prefix(name))?;
        rest.trim_start_matches(':').split_whitespace().next()?.parse::<u64>().ok()
    };
    let (available, all) = (kilobytes("MemAvailable"), kilobytes("MemTotal"));
    available.zip(all).is_some_and(|(available, all)| available < all / 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_has_killed_is_counted() {
        assert_eq!(counted("nr_free_pages 7\noom_kill 12\n"), Some(12));
        assert_eq!(counted("nr_free_pages 7\n"), None);
    }

    #[test]
    fn less_than_a_tenth_is_little() {
        let meminfo =
            |available: u64| format!("MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:  {available} kB\n");
        assert!(is_low(&meminfo(99)));
        assert!(!is_low(&meminfo(100)));
        assert!(!is_low("nothing"));
    }
}
