//! How far a long run is, on standard error: a line that is rewritten on a terminal, a line now and then elsewhere.

use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use xtask::eprint_line;

/// Between two lines where there is no terminal.
const PAUSE: Duration = Duration::from_secs(15);

/// The progress of a number of submissions.
pub struct Progress {
    bar: ProgressBar,
    began: Instant,
    last: Mutex<Instant>,
}

impl Progress {
    pub fn new(submissions: usize) -> Self {
        let length = u64::try_from(submissions).expect("a count fits into 64 bits");
        let style = ProgressStyle::with_template("{pos} of {len} graded, about {eta} left {wide_bar}");
        let bar = ProgressBar::new(length).with_style(style.expect("the template is well-formed"));
        bar.enable_steady_tick(Duration::from_millis(500));
        let now = Instant::now();
        Self { bar, began: now, last: Mutex::new(now) }
    }

    /// One more is done.
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

    /// A line for people, above the line that is rewritten.
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| eprint_line!("{line}"));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// How far it is after this time. Without a submission that is done, nothing is known about the rest.
fn line(done: u64, all: u64, elapsed: Duration) -> String {
    match left(done, all, elapsed) {
        Some(left) => format!("{done} of {all} graded, about {} s left", left.as_secs()),
        None => format!("{done} of {all} graded"),
    }
}

/// How long the rest takes, if each submission takes as long as those that are done did on average.
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
