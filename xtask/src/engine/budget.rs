//! How much CPU time a test may use, and how long it may wait for the disk, on this machine as it is now.
//!
//! A process that has used a second of CPU time is a suspect. From then on the runner measures the machine's pace once for each
//! further second, and raises the limit by the mean of its measurements. So a program that ends is never out of time because
//! the machine is slow, and only a suspect costs a measurement.

use super::idle::CpuTime;
use super::pace::{self, Pace};
use super::temporary::TemporaryFolder;
use std::path::Path;

/// Reference seconds of CPU time that a test may use in its own code, and that the kernel may use on its behalf. Honest work uses
/// up the kernel's more easily, with ten thousand small files or a gigabyte of memory for instance.
pub const USER_SECONDS: u64 = 5;
pub const SYSTEM_SECONDS: u64 = 10;

/// CPU time that no process needs, no matter how slow the machine is.
pub const MOST_SECONDS: u64 = (USER_SECONDS + SYSTEM_SECONDS) * SLOWEST;

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small whole number")]
const SLOWEST: u64 = pace::SLOWEST as u64;

/// Samples that may find a process waiting for the disk: fifteen seconds if the disk is as fast as the reference machine's.
const DISK_SAMPLES: u32 = 750;

/// Clock ticks per second.
const SECOND: u64 = 100;

/// The budget of one process.
pub struct Budget<M> {
    measure: M,
    /// The measurements so far.
    paces: Vec<Pace>,
    /// CPU time at which the pace is measured next.
    next: u64,
    disk_samples: f64,
}

/// Measures the machine: its pace in work, and how long its disk lets a process wait.
pub trait Measure {
    fn work(&mut self) -> Pace;
    fn disk(&mut self) -> Pace;
}

/// This machine, measured with small files in this folder.
pub struct ThisMachine<'a>(pub &'a Path);

impl Measure for ThisMachine<'_> {
    fn work(&mut self) -> Pace {
        self.in_a_folder_of_its_own(pace::of_work)
    }

    fn disk(&mut self) -> Pace {
        self.in_a_folder_of_its_own(pace::of_disk)
    }
}

impl ThisMachine<'_> {
    /// Converts reference seconds to seconds of this machine as it is now.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is positive and small")]
    pub fn scaled(mut self, reference: u64) -> u64 {
        let pace = self.work();
        let seconds = u32::try_from(reference).map_or(f64::INFINITY, f64::from) * pace.compute.max(pace.system);
        seconds.ceil() as u64
    }

    fn in_a_folder_of_its_own(&self, measure: impl FnOnce(&Path) -> Pace) -> Pace {
        // Without a folder, as on a full disk, files cost nothing and the rest is measured as usual.
        let folder = TemporaryFolder::new(self.0);
        measure(folder.as_ref().map_or(self.0, |folder| &folder.path))
    }
}

impl<M: Measure> Budget<M> {
    pub fn new(measure: M) -> Self {
        Self { measure, paces: Vec::new(), next: SECOND, disk_samples: f64::from(DISK_SAMPLES) }
    }

    /// Whether a process that has used this much CPU time has worked too long.
    pub fn is_spent(&mut self, used: CpuTime) -> bool {
        if used.ticks() >= self.next || self.exceeds(used) {
            self.next = used.ticks() + SECOND;
            self.paces.push(self.measure.work());
        }
        self.exceeds(used)
    }

    /// Whether a process that this many samples found waiting for the disk has waited too long.
    pub fn has_waited(&mut self, samples: usize) -> bool {
        let samples = u32::try_from(samples).map_or(f64::INFINITY, f64::from);
        if samples < self.disk_samples {
            return false;
        }
        self.disk_samples = self.disk_samples.max(f64::from(DISK_SAMPLES) * self.measure.disk().disk);
        samples >= self.disk_samples
    }

    /// The machine's pace by the wall clock, for systems where only that ends a process.
    pub fn pace(&mut self) -> Pace {
        self.paces.push(self.measure.work());
        Pace::mean(&self.paces)
    }

    fn exceeds(&self, used: CpuTime) -> bool {
        let seconds = |ticks: u64| u32::try_from(ticks).map_or(f64::INFINITY, f64::from) / 100.0;
        let limit = |reference: u64| u32::try_from(reference).map_or(f64::INFINITY, f64::from);
        let pace = Pace::mean(&self.paces);
        seconds(used.user) > limit(USER_SECONDS) * pace.compute
            || seconds(used.system) > limit(SYSTEM_SECONDS) * pace.system
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// A machine with these paces, one for each measurement; the last one stays.
    struct FakeMachine<'a> {
        paces: &'a [f64],
        measured: &'a Cell<usize>,
    }

    impl Measure for FakeMachine<'_> {
        fn work(&mut self) -> Pace {
            let number = self.measured.replace(self.measured.get() + 1);
            let pace = self.paces[number.min(self.paces.len() - 1)];
            Pace { compute: pace, system: pace, disk: 1.0 }
        }

        fn disk(&mut self) -> Pace {
            Pace { disk: self.work().compute, ..Pace::REFERENCE }
        }
    }

    /// The second at which a process that only works is killed, and how often the pace was measured.
    fn ended_at(paces: &[f64], used: impl Fn(u64) -> CpuTime) -> (u64, usize) {
        let measured = Cell::new(0);
        let mut budget = Budget::new(FakeMachine { paces, measured: &measured });
        let end = (0..1000 * SECOND).find(|tick| budget.is_spent(used(*tick))).unwrap();
        (end / SECOND, measured.get())
    }

    fn user(user: u64) -> CpuTime {
        CpuTime { user, system: 0 }
    }

    fn system(system: u64) -> CpuTime {
        CpuTime { user: 0, system }
    }

    #[test]
    fn a_limit_is_as_many_seconds_longer_as_the_machine_is_slower() {
        assert_eq!(ended_at(&[1.0], user).0, USER_SECONDS);
        assert_eq!(ended_at(&[4.0], user).0, USER_SECONDS * 4);
        assert_eq!(ended_at(&[1.0], system).0, SYSTEM_SECONDS);
        assert_eq!(ended_at(&[2.5], system).0, SYSTEM_SECONDS * 5 / 2);
    }

    #[test]
    fn a_machine_that_becomes_slow_meanwhile_is_measured_again() {
        // Five times as slow from the third second on: the limit moves away, and is reached in the end.
        let (seconds, measured) = ended_at(&[1.0, 1.0, 5.0], user);
        assert!((USER_SECONDS * 4..USER_SECONDS * 5).contains(&seconds), "{seconds}");
        assert!(measured > 20, "{measured}");
    }

    #[test]
    fn one_measurement_that_was_disturbed_raises_the_limit_a_little() {
        let (seconds, _) = ended_at(&[1.0, 16.0, 1.0], user);
        assert!((USER_SECONDS..USER_SECONDS * 3).contains(&seconds), "{seconds}");
    }

    #[test]
    fn a_process_of_less_than_a_second_costs_no_measurement() {
        let measured = Cell::new(0);
        let mut budget = Budget::new(FakeMachine { paces: &[1.0], measured: &measured });
        assert!((0..SECOND).all(|ticks| !budget.is_spent(user(ticks))));
        assert_eq!(measured.get(), 0);
    }

    #[test]
    fn a_wait_for_the_disk_is_as_much_longer_as_the_disk_is_slower() {
        let waited = |paces: &[f64]| {
            let measured = Cell::new(0);
            let mut budget = Budget::new(FakeMachine { paces, measured: &measured });
            (0..100_000).find(|samples| budget.has_waited(*samples)).unwrap()
        };
        assert_eq!(waited(&[1.0]), 750);
        assert_eq!(waited(&[4.0]), 3000);
    }
}
