//! Decides when a running process must be killed.

use super::exit::Exit;
use super::folder_size;
use crate::engine::budget::{Budget, ThisMachine};
use crate::engine::idle::{Activity, IdleDetector};
use crate::engine::process_group;
use crate::engine::removed_files;
use std::path::Path;
use std::time::Duration;

/// How long a process may take on the clock, and how much it may print and write.
#[derive(Debug, Clone, Copy)]
pub struct RunLimits<'a> {
    /// The last resort: an endless loop or wait is noticed long before. Time in which the runner itself was stopped does not count.
    pub wall: Duration,
    /// Bytes of each stream.
    pub output: usize,
    /// Kill the process when this folder holds more than this many bytes.
    pub folder: Option<(&'a Path, u64)>,
    /// Where the runner may measure the machine with small files.
    pub measure_in: &'a Path,
}

/// Time between two samples of a process.
pub const SAMPLE_INTERVAL: Duration = Duration::from_millis(20);

/// Samples one process, and kills it by its limits.
pub struct Supervisor<'a> {
    group: u32,
    detector: IdleDetector,
    budget: Budget<ThisMachine<'a>>,
    limits: &'a RunLimits<'a>,
    samples: u32,
    /// The number of samples at which the process has taken too long.
    most_samples: f64,
    /// Whether the process was stopped, and resumed by the runner.
    was_resumed: bool,
}

impl<'a> Supervisor<'a> {
    pub fn new(group: u32, limits: &'a RunLimits<'a>) -> Self {
        Self {
            group,
            detector: IdleDetector::new(group),
            budget: Budget::new(ThisMachine(limits.measure_in)),
            limits,
            samples: 0,
            most_samples: samples_in(limits.wall),
            was_resumed: false,
        }
    }

    /// Samples the process once: why it must be killed, if so.
    pub fn sample(&mut self) -> Option<Exit> {
        self.samples = self.samples.saturating_add(1);
        if self.limits.folder.is_some_and(|(folder, most)| self.has_written_more(folder, most)) {
            return Some(Exit::TooMuchWritten);
        }
        match self.detector.sample() {
            Activity::TooManyThreads => return Some(Exit::TooManyThreads),
            Activity::Idle => return Some(Exit::Idle),
            // Another program may have stopped it, and forgotten to resume it.
            Activity::Stopped if !self.was_resumed => {
                self.was_resumed = true;
                process_group::resume(self.group);
            }
            Activity::Stopped => return Some(Exit::Stopped),
            Activity::Busy => {}
        }
        if self.budget.is_spent(self.detector.cpu_time()) {
            return Some(Exit::TooMuchWork);
        }
        if self.budget.has_waited(self.detector.waiting()) {
            return Some(Exit::Idle);
        }
        self.has_taken_too_long().then_some(Exit::TooLong)
    }

    /// Whether the files in `folder`, and those that it removed and still holds open, are larger than `most` bytes.
    fn has_written_more(&self, folder: &Path, most: u64) -> bool {
        most.checked_sub(removed_files::held_open(self.group)).is_none_or(|most| folder_size::exceeds(folder, most))
    }

    /// On the clock, which is scaled where nothing else could end a process that works or waits for ever.
    fn has_taken_too_long(&mut self) -> bool {
        if f64::from(self.samples) < self.most_samples {
            return false;
        }
        if !cfg!(target_os = "linux") {
            self.most_samples = self.most_samples.max(samples_in(self.limits.wall) * self.budget.pace().compute);
        }
        f64::from(self.samples) >= self.most_samples
    }
}

fn samples_in(time: Duration) -> f64 {
    time.as_secs_f64() / SAMPLE_INTERVAL.as_secs_f64()
}
