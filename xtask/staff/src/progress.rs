//! Shows the progress of a long run on standard error: a progress bar on a terminal, a line now and then elsewhere.

use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use xtask::eprint_line;

/// The time between two lines without a terminal.
const PAUSE: Duration = Duration::from_secs(15);

/// The progress of a number of submissions.
pub struct GradingProgress {
    bar: ProgressBar,
    began: Instant,
    last: Mutex<Instant>,
}

impl GradingProgress {
    pub fn new(submissions: usize) -> Self {
        let length = u64::try_from(submissions).expect("a count fits into 64 bits");
        let style = ProgressStyle::with_template("{pos} of {len} graded, about {eta} left {wide_bar}");
        let bar = ProgressBar::new(length).with_style(style.expect("the template is well-formed"));
        bar.enable_steady_tick(Duration::from_millis(500));
        let now = Instant::now();
        Self { bar, began: now, last: Mutex::new(now) }
    }

    /// Counts one more submission.
    pub fn advance(&self) {
        self.bar.inc(1);
        if !self.bar.is_hidden() {
            return;
        }
        let mut last = self.last.lock().expect("no holder of this lock panics");
        if last.elapsed() >= PAUSE {
            *last = Instant::now();
            let (done, all) = (self.bar.position(), self.bar.length().unwrap_or_default());
            eprint_line!("{}", line(done, all, self.began.elapsed()));
        }
    }

    /// Prints a line above the progress bar.
    pub fn print_line(&self, line: &str) {
        self.bar.suspend(|| eprint_line!("{line}"));
    }
}

impl Drop for GradingProgress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// The progress after this time. Before the first submission is graded, there is no estimate.
fn line(done: u64, all: u64, elapsed: Duration) -> String {
    match left(done, all, elapsed) {
        Some(left) => format!("{done} of {all} graded, about {} s left", left.as_secs()),
        None => format!("{done} of {all} graded"),
    }
}

/// The remaining time, if the other submissions take as long on average as those that are done.
fn left(done: u64, all: u64, elapsed: Duration) -> Option<Duration> {
    let each = elapsed.as_secs_f64() / (done > 0).then_some(done).map(as_float)?;
    Duration::try_from_secs_f64((each * as_float(all.saturating_sub(done))).round()).ok()
}

fn as_float(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_takes_as_long_as_what_is_done() {
        assert_eq!(line(1, 4, Duration::from_secs(20)), "1 of 4 graded, about 60 s left");
        assert_eq!(line(4, 4, Duration::from_secs(20)), "4 of 4 graded, about 0 s left");
    }

    #[test]
    fn nothing_is_guessed_where_nothing_is_known() {
        assert_eq!(line(0, 4, Duration::from_secs(20)), "0 of 4 graded");
        assert_eq!(line(0, 0, Duration::ZERO), "0 of 0 graded");
    }

    #[test]
    fn no_count_and_no_time_gives_an_absurd_estimate() {
        for (done, all) in [(1, 0), (5, 4), (1, 1), (u64::MAX, 1), (1, u64::MAX), (u64::MAX, u64::MAX)] {
            for elapsed in [Duration::ZERO, Duration::from_nanos(1), Duration::from_secs(1 << 20), Duration::MAX] {
                let line = line(done, all, elapsed);
                let estimate = left(done, all, elapsed);
                assert!(!line.contains("18446744073709551615 s"), "{line}");
                assert!(done < all || estimate.is_none_or(|left| left == Duration::ZERO), "{line}");
            }
        }
    }
}
