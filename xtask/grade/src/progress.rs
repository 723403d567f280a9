//! How far a long run is, on standard error: a line that is rewritten on a terminal, a line now and then elsewhere.

use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use xtask::tell;

/// Between two lines where there is no terminal.
const PAUSE: Duration = Duration::from_secs(15);

/// The progress of a number of submissions.
pub struct Progress {
    bar: ProgressBar,
    last: Mutex<Instant>,
}

impl Progress {
    pub fn new(submissions: usize) -> Self {
        let length = u64::try_from(submissions).expect("a count fits into 64 bits");
        let style = ProgressStyle::with_template("{pos} of {len} graded, about {eta} left {wide_bar}");
        let bar = ProgressBar::new(length).with_style(style.expect("the template is well-formed"));
        bar.enable_steady_tick(Duration::from_millis(500));
        Self { bar, last: Mutex::new(Instant::now()) }
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
            tell!("{done} of {all} graded, about {} s left", self.bar.eta().as_secs());
        }
    }

    /// A line for people, above the line that is rewritten.
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| tell!("{line}"));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
