//! What timers must do: one behaviour per test, in the order of the lesson.
//!
//! At one instant two threads may act in either order. So most tests ask for the canonical order.

mod scenario;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ::timeline::time::Instant;
use ::timeline::{record, simulate, thread};
use observe::observe;
use quest_02_timer::{Outcome, spawn_timer, timer};

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// The outcome's name, whatever a learner has done to its `Debug`.
fn name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Fired => "fired",
        Outcome::Cancelled => "cancelled",
        Outcome::Panicked => "panicked",
    }
}

// Wait, then call back

/// The callback runs after 3 s, then the caller goes on. A delay of zero calls back at once.
#[test]
fn timer_calls_back_after_the_delay() {
    observe!(simulate(|| {
        let mut calls = 0;
        timer(ms(3000), || {
            calls += 1;
            record("Timer", "completed");
        });
        record("main", format!("went on, calls: {calls}"));
        timer(ms(0), || {
            calls += 1;
            record("Zero timer", "completed");
        });
        record("main", format!("went on, calls: {calls}"));
    }));
}

// One thread per timer

/// The caller goes on at once, even with a delay of zero. The callback runs even if nobody keeps the `Timer`.
#[test]
fn spawn_timer_returns_at_once() {
    observe!(
        simulate(|| {
            let _ = spawn_timer(ms(3000), || record("Timer", "fired"));
            record("main", "went on");
            thread::sleep(ms(500));
            // Were this callback run inline, the caller would go on half a second late.
            let _ = spawn_timer(ms(0), || {
                record("Zero timer", "began");
                thread::sleep(ms(500));
                record("Zero timer", "ended");
            });
            record("main", "went on again");
            thread::sleep(ms(5000));
        })
        .canonical()
    );
}

/// Timers of 3 s, 1 s, 2 s and 2 s each fire once, when their own delay is over.
#[test]
fn the_shorter_timer_fires_first() {
    observe!(
        simulate(|| {
            let _timers = [
                spawn_timer(ms(3000), || record("Timer of 3 s", "fired")),
                spawn_timer(ms(1000), || record("Timer of 1 s", "fired")),
                spawn_timer(ms(2000), || record("Timer of 2 s", "fired")),
                spawn_timer(ms(2000), || record("Timer of 2 s, too", "fired")),
            ];
            thread::sleep(ms(5000));
            record("main", "ended");
        })
        .canonical()
    );
}

// How did it end?

/// The callback begins at 3 s and takes 1 s, so `wait` returns `Fired` at 4 s. For a timer that has already fired,
/// `wait` returns at once.
#[test]
fn wait_returns_when_the_callback_has_ended() {
    observe!(
        simulate(|| {
            let short = spawn_timer(ms(1000), || record("Short timer", "fired"));
            let long = spawn_timer(ms(3000), || {
                record("Long timer", "began");
                thread::sleep(ms(1000));
                record("Long timer", "ended");
            });
            record("main", format!("long: {}", name(long.wait())));
            record("main", format!("short: {}", name(short.wait())));
        })
        .canonical()
    );
}

/// When a callback panics, `wait` returns `Panicked`, and the other timer still fires.
#[test]
fn a_panic_is_reported_and_harms_no_other() {
    observe!(
        simulate(|| {
            let broken = spawn_timer(ms(1000), || {
                record("Broken timer", "panics");
                panic!("this callback panics on purpose");
            });
            let fine = spawn_timer(ms(2000), || record("Fine timer", "fired"));
            record("main", format!("broken: {}", name(broken.wait())));
            record("main", format!("fine: {}", name(fine.wait())));
        })
        .canonical()
    );
}

// Cancel

/// A timer of 3 s is cancelled at 1 s. `cancel` returns true the first time and false the second, and the callback
/// never runs.
#[test]
fn cancel_keeps_the_callback_from_running() {
    observe!(
        simulate(|| {
            let timer = spawn_timer(ms(3000), || record("Cancelled timer", "fired"));
            let _other = spawn_timer(ms(3000), || record("Other timer", "fired"));
            thread::sleep(ms(1000));
            record("main", format!("cancel: {}", timer.cancel()));
            record("main", format!("cancel again: {}", timer.cancel()));
            thread::sleep(ms(4000));
            record("main", "ended");
        })
        .canonical()
    );
}

/// What the callback owned is dropped when `cancel` is called, not when the delay is over.
#[test]
fn cancel_drops_the_callback_at_once() {
    observe!(
        simulate(|| {
            let owned = Owned;
            let timer = spawn_timer(ms(3000), move || drop(owned));
            thread::sleep(ms(1000));
            record("main", format!("cancel: {}", timer.cancel()));
            thread::sleep(ms(4000));
            record("main", "ended");
        })
        .canonical()
    );
}

struct Owned;

impl Drop for Owned {
    fn drop(&mut self) {
        record("Owned value", "dropped");
    }
}

/// After `cancel`, `wait` returns `Cancelled` at once instead of sitting out the delay, even if `cancel` came right
/// after the start.
#[test]
fn wait_after_cancel_returns_at_once() {
    observe!(
        simulate(|| {
            let first = spawn_timer(ms(3000), || record("First timer", "fired"));
            let second = spawn_timer(ms(3000), || record("Second timer", "fired"));
            let third = spawn_timer(ms(3000), || record("Third timer", "fired"));
            first.cancel();
            record("main", format!("first: {}", name(first.wait())));
            thread::sleep(ms(1000));
            second.cancel();
            record("main", format!("second: {}", name(second.wait())));
            record("main", format!("third: {}", name(third.wait())));
        })
        .canonical()
    );
}

/// Once the callback has begun, `cancel` returns false at once: while it runs, and after it has ended.
#[test]
fn cancel_is_too_late_once_the_callback_has_begun() {
    observe!(
        simulate(|| {
            let timer = spawn_timer(ms(1000), || {
                record("Callback", "began");
                thread::sleep(ms(2000));
                record("Callback", "ended");
            });
            thread::sleep(ms(2000));
            record("main", format!("cancel: {}", timer.cancel()));
            thread::sleep(ms(2000));
            record("main", format!("cancel again: {}", timer.cancel()));
            record("main", format!("timer: {}", name(timer.wait())));
        })
        .canonical()
    );
}

/// A timer is cancelled at the very instant at which it is due. What `cancel` and `wait` return agrees with what the
/// callback did.
// At the very moment it is open whether the cancel or the callback wins. So there the test records only whether all
// three answers fit together. Just before and just after, the outcome is certain.
#[test]
fn cancel_and_callback_agree_at_the_very_moment() {
    observe!(simulate(|| {
        Race::run(|| thread::sleep(ms(999))).record_answers();
        Race::run(|| thread::sleep(ms(1001))).record_answers();
        // The thread that goes to sleep first wakes first: here the caller, then the timer.
        Race::run(|| thread::sleep(ms(1000))).record_agreement();
        Race::run(|| {
            thread::yield_now();
            thread::sleep(ms(1000));
        })
        .record_agreement();
    }));
}

/// What became of a timer of 1 s and a `cancel` at about that time.
struct Race {
    in_time: bool,
    ran: bool,
    outcome: &'static str,
}

impl Race {
    /// Starts the timer, calls `wait`, and cancels. Always takes 2 s, since another test checks when `Timer::wait`
    /// returns.
    fn run(wait: impl FnOnce()) -> Self {
        let start = Instant::now();
        let ran = Arc::new(AtomicBool::new(false));
        let timer = spawn_timer(ms(1000), {
            let ran = Arc::clone(&ran);
            move || ran.store(true, Ordering::SeqCst)
        });
        wait();
        let in_time = timer.cancel();
        let outcome = name(timer.wait());
        thread::sleep(ms(2000).saturating_sub(start.elapsed()));
        Self { in_time, ran: ran.load(Ordering::SeqCst), outcome }
    }

    fn record_answers(&self) {
        record("cancel", self.in_time);
        record("callback", if self.ran { "ran" } else { "did not run" });
        record("wait", self.outcome);
    }

    fn record_agreement(&self) {
        match (self.in_time, self.ran, self.outcome) {
            (true, false, "cancelled") | (false, true, "fired") => record("main", "all agree"),
            _ => self.record_answers(),
        }
    }
}

// Anything at all

/// Random timers, cancels and panics end as they do with the course's solution.
#[test]
fn scenario() {
    observe!(scenario::run());
}
