//! Whether a process waits for something virtual time cannot bring: every thread asleep, and no work done. And how much it has worked.
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
    /// For long, it has been stopped, as by `SIGSTOP`.
    Stopped,
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
    /// The last looks in a row that found it stopped.
    stopped: usize,
}

impl Watcher {
    pub fn new(pid: u32) -> Self {
        Self { pid, asleep: VecDeque::new(), asleep_in_all: 0, waiting_in_all: 0, stopped: 0 }
    }

    /// Looks once.
    pub fn look(&mut self) -> Seen {
        let threads = threads(self.pid);
        if threads.len() > TEST_THREADS { Seen::Crowd } else { self.add(&threads) }
    }

    /// The work that the process has done so far, also that of threads that have ended.
    pub fn used(&self) -> Used {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid));
        stat.ok().and_then(|stat| Some(parse_stat(&stat)?.used)).unwrap_or_default()
    }

    /// All looks that found no thread able to run: asleep, or waiting for the disk.
    pub fn waiting(&self) -> usize {
        self.waiting_in_all
    }

    fn add(&mut self, threads: &[Thread]) -> Seen {
        let any_is = |state: char| threads.iter().any(|thread| thread.state == state);
        // A thread that has ended, and one that is stopped, can run no more than one that is asleep.
        let is_waiting = !threads.is_empty() && !any_is('R');
        let is_stopped = is_waiting && !any_is('S') && !any_is('D') && (any_is('T') || any_is('t'));
        self.stopped = if is_stopped { self.stopped + 1 } else { 0 };
        if is_stopped {
            self.asleep.clear();
            return if self.stopped.is_multiple_of(LOOKS) { Seen::Stopped } else { Seen::Work };
        }
        self.waiting_in_all += usize::from(is_waiting);
        if !is_waiting || any_is('D') {
            self.asleep.clear();
            return Seen::Work;
        }
        self.asleep_in_all += 1;
        let used = threads.iter().map(|thread| thread.used.ticks()).sum();
        if self.asleep.len() == LOOKS {
            self.asleep.pop_front();
        }
        self.asleep.push_back(used);
        let first = self.asleep.front().copied().unwrap_or(used);
        // A thread that ended takes its time along: the sum may shrink.
        let is_quiet = self.asleep.len() == LOOKS && used.abs_diff(first) < SLACK;
        if is_quiet || self.asleep_in_all >= LOOKS_IN_ALL { Seen::Quiet } else { Seen::Work }
    }
}

/// CPU time, in clock ticks of 10 ms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// Work in the program itself.
    pub user: u64,
    /// Work of the system for it.
    pub system: u64,
}

impl Used {
    pub fn ticks(self) -> u64 {
        self.user + self.system
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Thread {
    state: char,
    used: Used,
}

fn threads(pid: u32) -> Vec<Thread> {
    let Ok(folder) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    folder.flatten().filter_map(|task| parse_stat(&fs::read_to_string(task.path().join("stat")).ok()?)).collect()
}

/// Reads the state (field 3) and the CPU time (fields 14 and 15) of a `stat` in `/proc`; the name in field 2 may hold anything.
fn parse_stat(stat: &str) -> Option<Thread> {
    let fields: Vec<&str> = stat.get(stat.rfind(')')? + 1..)?.split_ascii_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Thread { state: fields.first()?.chars().next()?, used: Used { user: number(11)?, system: number(12)? } })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "42 (a ) S (odd) name) S 1 42 42 0 -1 4194304 90 0 0 0 7 5 0 0 20 0 1 0 100 1000 10";

    fn thread(state: char, user: u64) -> Thread {
        Thread { state, used: Used { user, system: 0 } }
    }

    fn looks(threads: impl Fn(usize) -> Vec<Thread>) -> Vec<Seen> {
        let mut watcher = Watcher::new(0);
        (0..=LOOKS).map(|look| watcher.add(&threads(look))).collect()
    }

    #[test]
    fn a_stat_line_is_read_whatever_the_threads_name() {
        assert_eq!(parse_stat(STAT), Some(Thread { state: 'S', used: Used { user: 7, system: 5 } }));
        assert_eq!(parse_stat("42 (cut"), None);
        assert_eq!(parse_stat("42 (cut) S 1"), None);
    }

    #[test]
    fn asleep_for_long_is_quiet() {
        let seen = looks(|_| vec![thread('S', 3); 2]);
        assert_eq!(seen.iter().position(|seen| *seen == Seen::Quiet), Some(LOOKS - 1));
    }

    #[test]
    fn one_thread_that_can_run_is_not_quiet() {
        for other in ['S', 'D', 'T', 'Z'] {
            let seen = looks(|_| vec![thread(other, 3), thread('R', 3)]);
            assert!(seen.iter().all(|seen| *seen == Seen::Work), "{other}");
        }
    }

    #[test]
    fn a_thread_that_has_ended_does_not_hide_that_the_others_sleep() {
        let seen = looks(|_| vec![thread('Z', 3), thread('S', 3)]);
        assert_eq!(seen.iter().position(|seen| *seen == Seen::Quiet), Some(LOOKS - 1));
    }

    #[test]
    fn a_process_that_works_between_the_looks_is_not_quiet() {
        let seen = looks(|look| vec![thread('S', look as u64)]);
        assert!(!seen.contains(&Seen::Quiet));
    }

    #[test]
    fn a_process_that_works_now_and_then_is_quiet_in_the_end() {
        let mut watcher = Watcher::new(0);
        let state = |look: usize| if look.is_multiple_of(LOOKS) { 'R' } else { 'S' };
        let mut looks = (0..).map(|look| watcher.add(&[thread(state(look), look as u64)]));
        assert!(looks.by_ref().take(LOOKS_IN_ALL).all(|seen| seen == Seen::Work));
        assert!(looks.take(LOOKS).any(|seen| seen == Seen::Quiet));
    }

    #[test]
    fn a_process_that_waits_for_the_disk_is_not_quiet_and_its_looks_are_counted() {
        let mut watcher = Watcher::new(0);
        for look in 0..LOOKS_IN_ALL * 10 {
            assert_eq!(watcher.add(&[thread('D', look as u64)]), Seen::Work);
        }
        assert_eq!(watcher.waiting(), LOOKS_IN_ALL * 10);
    }

    #[test]
    fn a_process_that_is_stopped_for_long_is_told_again_and_again() {
        let mut watcher = Watcher::new(0);
        let seen: Vec<Seen> = (0..2 * LOOKS).map(|_| watcher.add(&[thread('T', 1), thread('Z', 1)])).collect();
        let told: Vec<usize> = (0..seen.len()).filter(|look| seen[*look] == Seen::Stopped).collect();
        assert_eq!(told, [LOOKS - 1, 2 * LOOKS - 1]);
        assert_eq!(watcher.add(&[thread('R', 1)]), Seen::Work);
        assert_eq!(watcher.add(&[thread('T', 1)]), Seen::Work, "it is counted anew");
    }

    #[test]
    fn a_process_that_is_gone_is_not_quiet() {
        assert!(!looks(|_| Vec::new()).contains(&Seen::Quiet));
    }
}
