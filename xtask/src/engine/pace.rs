//! How fast this machine is right now, compared with the one on which the limits were chosen.
//!
//! The CPU time of the same work differs between machines, and on one machine with its load. So limits on work are in *reference
//! seconds*: before a process is killed for working too long, the runner does a fixed piece of work and scales the limit by
//! its cost. Only a process that has worked for long already is measured; all others pay nothing.

use super::memory;
use std::fs::{self, File};
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many times longer each kind of work takes than on the reference machine; never below 1, so that limits are only raised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Work in the program itself.
    pub compute: f64,
    /// Work of the kernel on its behalf: memory, small files.
    pub system: f64,
    /// Waiting for the disk.
    pub disk: f64,
}

/// No limit is raised by more than this factor, so that every process ends.
pub const SLOWEST: f64 = 16.0;

impl Pace {
    /// The pace of the reference machine.
    pub const REFERENCE: Self = Self { compute: 1.0, system: 1.0, disk: 1.0 };

    /// The mean of some measurements; the reference machine's pace without one.
    pub fn mean(measured: &[Self]) -> Self {
        let Some(count) = u32::try_from(measured.len()).ok().filter(|count| *count > 0) else { return Self::REFERENCE };
        let mean = |kind: fn(&Self) -> f64| measured.iter().map(kind).sum::<f64>() / f64::from(count);
        Self { compute: mean(|pace| pace.compute), system: mean(|pace| pace.system), disk: mean(|pace| pace.disk) }
    }
}

/// Measures the machine's pace at what a test does. There is one measurement at a time; concurrent callers share its result.
pub fn of_work(folder: &Path) -> Pace {
    static LAST: Mutex<Option<(Instant, Pace)>> = Mutex::new(None);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((when, pace)) = *last
        && when.elapsed() < STILL_TRUE
    {
        return pace;
    }
    let compute = times(cost(compute), COMPUTE);
    let files = times(cost(|| small_files(folder)), FILES);
    // Whoever asks for memory when none is left may be the one that the kernel ends: that must not be the runner.
    let system = if memory::is_plenty() { files.max(times(cost(touch_memory), MEMORY)) } else { files };
    let pace = Pace { compute, system, disk: 1.0 };
    *last = Some((Instant::now(), pace));
    pace
}

/// Measures how long the disk makes a process wait now.
pub fn of_disk(folder: &Path) -> Pace {
    let start = Instant::now();
    let written = sync_files(folder);
    let took = start.elapsed();
    let disk = if written { times(took, SYNC) } else { 1.0 };
    Pace { disk, ..Pace::REFERENCE }
}

/// How long a measurement is valid.
const STILL_TRUE: Duration = Duration::from_millis(300);

// The cost of each piece of work on the reference machine, an idle virtual machine of 2026 with two processors, with the runner
// built as `cargo xtask` builds it: the fastest fifth of fifteen runs.
const COMPUTE: Duration = Duration::from_micros(9_200);
const MEMORY: Duration = Duration::from_millis(26);
const FILES: Duration = Duration::from_micros(7_800);
/// Three times what it took: a disk that is a little slower raises no limit.
const SYNC: Duration = Duration::from_millis(6);

fn times(cost: Duration, reference: Duration) -> f64 {
    (cost.as_secs_f64() / reference.as_secs_f64()).clamp(1.0, SLOWEST)
}

fn cost(work: impl FnOnce()) -> Duration {
    let start = work_clock();
    work();
    work_clock().saturating_sub(start)
}

/// CPU time of this thread.
#[cfg(target_os = "linux")]
fn work_clock() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// Where the wall clock ends a test, the pace by the wall clock is what counts.
#[cfg(not(target_os = "linux"))]
fn work_clock() -> Duration {
    use std::sync::OnceLock;
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// Steps through a table that does not fit into the nearest cache; each step depends on the one before.
fn compute() {
    const ENTRIES: usize = 1 << 16;
    let mut table = vec![0_u32; ENTRIES];
    let mut number = 1_u64;
    for _ in 0..400_000 {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let index = usize::try_from(number >> 48).unwrap_or_default() % ENTRIES;
        table[index] = table[index].wrapping_add(1);
    }
    black_box(&table);
}

/// Touches memory that the allocator always takes from the system and returns to it.
fn touch_memory() {
    const BYTES: usize = 48 << 20;
    const PAGE: usize = 4096;
    let mut memory = vec![0_u8; BYTES];
    for index in (0..BYTES).step_by(PAGE) {
        memory[index] = 1;
    }
    black_box(&memory);
}

/// Creates small files and removes them. Where that fails, as on a full disk, it costs little and raises no limit.
fn small_files(folder: &Path) {
    for number in 0..300 {
        let path = folder.join(format!("pace-{number}"));
        let _ = fs::write(&path, "x");
        let _ = fs::remove_file(&path);
    }
}

/// Syncs a few bytes to the disk several times; returns whether it could.
fn sync_files(folder: &Path) -> bool {
    let path = folder.join("pace-of-the-disk");
    let written = File::create(&path).and_then(|mut file| {
        for _ in 0..8 {
            file.write_all(b"x")?;
            file.sync_all()?;
        }
        Ok(())
    });
    let _ = fs::remove_file(&path);
    written.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_is_never_faster_than_the_reference_nor_without_bound() {
        let reference = Duration::from_millis(20);
        assert!((times(Duration::ZERO, reference) - 1.0).abs() < f64::EPSILON);
        assert!((times(reference * 3, reference) - 3.0).abs() < 0.001);
        assert!((times(Duration::from_secs(3600), reference) - SLOWEST).abs() < f64::EPSILON);
    }

    #[test]
    fn the_mean_counts_in_each_kind() {
        let one = Pace { compute: 2.0, system: 1.0, disk: 3.0 };
        let other = Pace { compute: 1.0, system: 4.0, disk: 1.0 };
        assert_eq!(Pace::mean(&[one, other]), Pace { compute: 1.5, system: 2.5, disk: 2.0 });
        assert_eq!(Pace::mean(&[]), Pace::REFERENCE);
    }
}
