//! Whether a process waits for something that virtual time cannot bring: every thread sleeps, and no work is done. Also how
//! much CPU time it has used.
//!
//! A thread that could run is in state `R` however loaded the machine is, so load changes no verdict.

use super::launcher::TEST_THREADS;
use std::collections::VecDeque;
use std::fs;

/// A process is idle when this many samples in a row found every thread asleep: one second.
const SAMPLES: usize = 50;

/// A process is also idle when this many samples in all found every thread asleep: five seconds. A program that works a little
/// between its sleeps is never idle for long, and yet waits for what virtual time cannot bring.
const SAMPLES_IN_ALL: usize = 250;

/// CPU time that a sleeping process may use during those samples, in clock ticks of 10 ms: a program that wakes now and then
/// only to sleep again is waiting, too.
const SLACK: u64 = 10;

/// What a sample of a process finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// Nothing to act upon.
    Busy,
    /// All its threads have been asleep for long.
    Idle,
    /// It has been stopped for long, as by `SIGSTOP`.
    Stopped,
    /// It has more threads than it may have.
    TooManyThreads,
}

/// Samples one process again and again. Where there is no `/proc`, it never finds the process idle.
pub struct IdleDetector {
    pid: u32,
    /// CPU time at the last samples that found every thread asleep.
    asleep: VecDeque<u64>,
    /// All samples that found every thread asleep.
    asleep_in_all: usize,
    /// All samples that found every thread asleep or waiting for the disk.
    waiting_in_all: usize,
    /// The last samples in a row that found it stopped.
    stopped: usize,
}

impl IdleDetector {
    pub fn new(pid: u32) -> Self {
        Self { pid, asleep: VecDeque::new(), asleep_in_all: 0, waiting_in_all: 0, stopped: 0 }
    }

    /// Takes one sample.
    pub fn sample(&mut self) -> Activity {
        let threads = threads(self.pid);
        if threads.len() > TEST_THREADS { Activity::TooManyThreads } else { self.add(&threads) }
    }

    /// The CPU time that the process has used so far, including that of threads that have ended.
    pub fn cpu_time(&self) -> CpuTime {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid));
        stat.ok().and_then(|stat| Some(parse_stat(&stat)?.used)).unwrap_or_default()
    }

    /// All samples that found no thread able to run: asleep, or waiting for the disk.
    pub fn waiting(&self) -> usize {
        self.waiting_in_all
    }

    fn add(&mut self, threads: &[ThreadSample]) -> Activity {
        let any_is = |state: char| threads.iter().any(|thread| thread.state == state);
        // A thread that has ended, and one that is stopped, can run no more than one that is asleep.
        let is_waiting = !threads.is_empty() && !any_is('R');
        let is_stopped = is_waiting && !any_is('S') && !any_is('D') && (any_is('T') || any_is('t'));
        self.stopped = if is_stopped { self.stopped + 1 } else { 0 };
        if is_stopped {
            self.asleep.clear();
            return if self.stopped.is_multiple_of(SAMPLES) { Activity::Stopped } else { Activity::Busy };
        }
        self.waiting_in_all += usize::from(is_waiting);
        if !is_waiting || any_is('D') {
            self.asleep.clear();
            return Activity::Busy;
        }
        self.asleep_in_all += 1;
        let used = threads.iter().map(|thread| thread.used.ticks()).sum();
        if self.asleep.len() == SAMPLES {
            self.asleep.pop_front();
        }
        self.asleep.push_back(used);
        let first = self.asleep.front().copied().unwrap_or(used);
        // A thread that ended no longer counts: the sum may shrink.
        let is_idle = self.asleep.len() == SAMPLES && used.abs_diff(first) < SLACK;
        if is_idle || self.asleep_in_all >= SAMPLES_IN_ALL { Activity::Idle } else { Activity::Busy }
    }
}

/// CPU time, in clock ticks of 10 ms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CpuTime {
    /// In the program itself.
    pub user: u64,
    /// In the kernel, on behalf of the program.
    pub system: u64,
}

impl CpuTime {
    pub fn ticks(self) -> u64 {
        self.user + self.system
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ThreadSample {
    state: char,
    used: CpuTime,
}

fn threads(pid: u32) -> Vec<ThreadSample> {
    let Ok(folder) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    folder.flatten().filter_map(|task| parse_stat(&fs::read_to_string(task.path().join("stat")).ok()?)).collect()
}

/// Reads the state (field 3) and the CPU time (fields 14 and 15) of a `stat` in `/proc`; the name in field 2 may hold anything.
fn parse_stat(stat: &str) -> Option<ThreadSample> {
    let fields: Vec<&str> = stat.get(stat.rfind(')')? + 1..)?.split_ascii_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(ThreadSample {
        state: fields.first()?.chars().next()?,
        used: CpuTime { user: number(11)?, system: number(12)? },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "42 (a ) S (odd) name) S 1 42 42 0 -1 4194304 90 0 0 0 7 5 0 0 20 0 1 0 100 1000 10";

    fn thread(state: char, user: u64) -> ThreadSample {
        ThreadSample { state, used: CpuTime { user, system: 0 } }
    }

    fn samples(threads: impl Fn(usize) -> Vec<ThreadSample>) -> Vec<Activity> {
        let mut detector = IdleDetector::new(0);
        (0..=SAMPLES).map(|sample| detector.add(&threads(sample))).collect()
    }

    #[test]
    fn a_stat_line_is_read_whatever_the_threads_name() {
        assert_eq!(parse_stat(STAT), Some(ThreadSample { state: 'S', used: CpuTime { user: 7, system: 5 } }));
        assert_eq!(parse_stat("42 (cut"), None);
        assert_eq!(parse_stat("42 (cut) S 1"), None);
    }

    #[test]
    fn asleep_for_long_is_idle() {
        let seen = samples(|_| vec![thread('S', 3); 2]);
        assert_eq!(seen.iter().position(|seen| *seen == Activity::Idle), Some(SAMPLES - 1));
    }

    #[test]
    fn one_thread_that_can_run_is_not_idle() {
        for other in ['S', 'D', 'T', 'Z'] {
            let seen = samples(|_| vec![thread(other, 3), thread('R', 3)]);
            assert!(seen.iter().all(|seen| *seen == Activity::Busy), "{other}");
        }
    }

    #[test]
    fn a_thread_that_has_ended_does_not_hide_that_the_others_sleep() {
        let seen = samples(|_| vec![thread('Z', 3), thread('S', 3)]);
        assert_eq!(seen.iter().position(|seen| *seen == Activity::Idle), Some(SAMPLES - 1));
    }

    #[test]
    fn a_process_that_works_between_the_looks_is_not_idle() {
        let seen = samples(|sample| vec![thread('S', sample as u64)]);
        assert!(!seen.contains(&Activity::Idle));
    }

    #[test]
    fn a_process_that_works_now_and_then_is_idle_in_the_end() {
        let mut detector = IdleDetector::new(0);
        let state = |sample: usize| if sample.is_multiple_of(SAMPLES) { 'R' } else { 'S' };
        let mut samples = (0..).map(|sample| detector.add(&[thread(state(sample), sample as u64)]));
        assert!(samples.by_ref().take(SAMPLES_IN_ALL).all(|seen| seen == Activity::Busy));
        assert!(samples.take(SAMPLES).any(|seen| seen == Activity::Idle));
    }

    #[test]
    fn a_process_that_waits_for_the_disk_is_not_idle_and_its_looks_are_counted() {
        let mut detector = IdleDetector::new(0);
        for sample in 0..SAMPLES_IN_ALL * 10 {
            assert_eq!(detector.add(&[thread('D', sample as u64)]), Activity::Busy);
        }
        assert_eq!(detector.waiting(), SAMPLES_IN_ALL * 10);
    }

    #[test]
    fn a_process_that_stays_stopped_is_reported_repeatedly() {
        let mut detector = IdleDetector::new(0);
        let seen: Vec<Activity> = (0..2 * SAMPLES).map(|_| detector.add(&[thread('T', 1), thread('Z', 1)])).collect();
        let reported: Vec<usize> = (0..seen.len()).filter(|sample| seen[*sample] == Activity::Stopped).collect();
        assert_eq!(reported, [SAMPLES - 1, 2 * SAMPLES - 1]);
        assert_eq!(detector.add(&[thread('R', 1)]), Activity::Busy);
        assert_eq!(detector.add(&[thread('T', 1)]), Activity::Busy, "the count restarts");
    }

    #[test]
    fn a_process_that_is_gone_is_not_idle() {
        assert!(!samples(|_| Vec::new()).contains(&Activity::Idle));
    }
}
