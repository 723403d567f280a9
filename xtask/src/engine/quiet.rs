//! Notices a process that waits for something virtual time cannot bring: every thread asleep, and no work done.
//!
//! A thread that could run is in state `R` however loaded the machine is, so load changes no verdict.

use super::limits::TEST_THREADS;
use std::collections::VecDeque;
use std::fs;

/// So many looks in a row must find every thread asleep: one second.
const LOOKS: usize = 50;

/// So many looks in all may find every thread asleep: five seconds. A program that works a little between its sleeps is never
/// quiet for long, and yet waits for what virtual time cannot bring.
const LOOKS_IN_ALL: usize = 250;

/// So many looks in all may find no thread able to run: fifteen seconds. A thread that waits for the disk is not asleep, and the
/// disk of a loaded machine is slow; but a test that waits so long keeps on writing.
const WAITING_IN_ALL: usize = 750;

/// CPU time that a sleeping process may use in all those looks, in clock ticks of 10 ms: a program that wakes now and then only
/// to sleep again is waiting, too.
const SLACK: u64 = 10;

/// What a look at a process finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Nothing to act upon.
    Work,
    /// For long, all its threads have been asleep.
    Quiet,
    /// It has more threads than it may have.
    Crowd,
}

/// Looks at one process again and again. Where there is no `/proc`, it never finds the process quiet.
pub struct Watcher {
    pid: u32,
    /// CPU time at the last looks that found every thread asleep.
    asleep: VecDeque<u64>,
    /// All looks that found every thread asleep.
    asleep_in_all: usize,
    /// All looks that found every thread asleep or waiting for the disk.
    waiting_in_all: usize,
}

impl Watcher {
    pub fn new(pid: u32) -> Self {
        Self { pid, asleep: VecDeque::new(), asleep_in_all: 0, waiting_in_all: 0 }
    }

    /// Looks once.
    pub fn look(&mut self) -> Seen {
        let threads = threads(self.pid);
        if threads.len() > TEST_THREADS {
            Seen::Crowd
        } else if self.add(&threads) {
            Seen::Quiet
        } else {
            Seen::Work
        }
    }

    /// `true` when the process has been quiet for [`LOOKS`] looks, or asleep at [`LOOKS_IN_ALL`], or waiting at [`WAITING_IN_ALL`].
    fn add(&mut self, threads: &[Thread]) -> bool {
        let is_waiting = !threads.is_empty() && threads.iter().all(|thread| matches!(thread.state, 'S' | 'D'));
        self.waiting_in_all += usize::from(is_waiting);
        if !is_waiting || threads.iter().any(|thread| thread.state == 'D') {
            self.asleep.clear();
            return self.waiting_in_all >= WAITING_IN_ALL;
        }
        self.asleep_in_all += 1;
        let used = threads.iter().map(|thread| thread.ticks).sum();
        if self.asleep.len() == LOOKS {
            self.asleep.pop_front();
        }
        self.asleep.push_back(used);
        let first = self.asleep.front().copied().unwrap_or(used);
        // A thread that ended takes its time along: the sum may shrink.
        let is_quiet = self.asleep.len() == LOOKS && used.abs_diff(first) < SLACK;
        is_quiet || self.asleep_in_all >= LOOKS_IN_ALL
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Thread {
    state: char,
    ticks: u64,
}

fn threads(pid: u32) -> Vec<Thread> {
    let Ok(folder) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    folder.flatten().filter_map(|task| parse_stat(&fs::read_to_string(task.path().join("stat")).ok()?)).collect()
}

/// Reads the state (field 3) and the CPU time (fields 14 and 15) of `/proc/PID/task/TID/stat`; the name in field 2 may hold anything.
fn parse_stat(stat: &str) -> Option<Thread> {
    let fields: Vec<&str> = stat.get(stat.rfind(')')? + 1..)?.split_ascii_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Thread { state: fields.first()?.chars().next()?, ticks: number(11)? + number(12)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "42 (a ) S (odd) name) S 1 42 42 0 -1 4194304 90 0 0 0 7 5 0 0 20 0 1 0 100 1000 10";

    fn looks(threads: impl Fn(usize) -> Vec<Thread>) -> Vec<bool> {
        let mut watcher = Watcher::new(0);
        (0..=LOOKS).map(|look| watcher.add(&threads(look))).collect()
    }

    #[test]
    fn a_stat_line_is_read_whatever_the_threads_name() {
        assert_eq!(parse_stat(STAT), Some(Thread { state: 'S', ticks: 12 }));
        assert_eq!(parse_stat("42 (cut"), None);
        assert_eq!(parse_stat("42 (cut) S 1"), None);
    }

    #[test]
    fn asleep_for_long_is_quiet() {
        let seen = looks(|_| vec![Thread { state: 'S', ticks: 3 }; 2]);
        assert_eq!(seen.iter().position(|quiet| *quiet), Some(LOOKS - 1));
    }

    #[test]
    fn one_thread_that_can_run_is_not_quiet() {
        let seen = looks(|_| vec![Thread { state: 'S', ticks: 3 }, Thread { state: 'R', ticks: 3 }]);
        assert!(!seen.contains(&true));
    }

    #[test]
    fn a_process_that_works_between_the_looks_is_not_quiet() {
        let seen = looks(|look| vec![Thread { state: 'S', ticks: look as u64 }]);
        assert!(!seen.contains(&true));
    }

    #[test]
    fn a_process_that_works_now_and_then_is_quiet_in_the_end() {
        let mut watcher = Watcher::new(0);
        let state = |look: usize| if look.is_multiple_of(LOOKS) { 'R' } else { 'S' };
        let mut looks = (0..).map(|look| watcher.add(&[Thread { state: state(look), ticks: look as u64 }]));
        assert!(looks.by_ref().take(LOOKS_IN_ALL).all(|quiet| !quiet));
        assert!(looks.take(LOOKS).any(|quiet| quiet));
    }

    #[test]
    fn a_process_that_waits_for_the_disk_is_quiet_only_after_long() {
        let mut watcher = Watcher::new(0);
        let mut looks = (0..).map(|look| watcher.add(&[Thread { state: 'D', ticks: look }]));
        assert_eq!(looks.position(|quiet| quiet), Some(WAITING_IN_ALL - 1));
    }

    #[test]
    fn a_process_that_is_gone_is_not_quiet() {
        assert!(!looks(|_| Vec::new()).contains(&true));
    }
}
