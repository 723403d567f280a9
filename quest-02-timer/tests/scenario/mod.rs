//! Timers, cancels and panics drawn from a seed.
//!
//! Timers are due at whole hundredths of a second, cancels come in between: so each cancel is either in time or too late.

use std::time::Duration;

use ::timeline::time::Instant;
use ::timeline::{Timeline, record, simulate, thread};
use fastrand::Rng;
use quest_02_timer::{Timer, spawn_timer, timer};

use super::name;

/// Rounds of one scenario, and the time from the start of one to the start of the next.
const ROUNDS: u32 = 3;
const ROUND: Duration = Duration::from_secs(10);

pub fn run() -> Timeline {
    let mut rng = Rng::with_seed(observe::seed());
    simulate(|| {
        let start = Instant::now();
        for round in 0..ROUNDS {
            thread::sleep((ROUND * round).saturating_sub(start.elapsed()));
            run_round(&mut rng);
        }
    })
    .canonical()
}

fn run_round(rng: &mut Rng) {
    let start = Instant::now();
    let count = rng.usize(2..=6);
    let mut timers: Vec<Option<Timer>> = (1..=count).map(|number| Some(start_timer(number, rng))).collect();
    record("main", format!("{count} timers"));

    let mut cancels: Vec<_> = (0..rng.usize(..=6))
        .map(|_| (hundredths(rng.u64(..=100)) + Duration::from_millis(5), rng.usize(..count)))
        .collect();
    cancels.sort();
    for (at, index) in cancels {
        thread::sleep(at.saturating_sub(start.elapsed()));
        if let Some(timer) = &timers[index] {
            record("main", format!("cancel {}: {}", index + 1, timer.cancel()));
        }
        if rng.u32(..4) == 0 {
            // A timer that nobody keeps still fires.
            timers[index] = None;
        }
    }

    let mut order: Vec<usize> = (0..count).collect();
    rng.shuffle(&mut order);
    for index in order {
        if let Some(timer) = timers[index].take() {
            record("main", format!("wait {}: {}", index + 1, name(timer.wait())));
        }
    }
    timer(hundredths(rng.u64(..=30)), || record("main", "called back"));
    // A timer that was not waited for ends before the next round.
    thread::sleep((ROUND / 2).saturating_sub(start.elapsed()));
}

fn start_timer(number: usize, rng: &mut Rng) -> Timer {
    let task = format!("Timer {number}");
    let (delay, takes) = (hundredths(rng.u64(..=100)), hundredths(rng.u64(..=40)));
    let (is_slow, panics, starts_another) = (rng.bool(), rng.u32(..4) == 0, rng.u32(..4) == 0);
    let later = hundredths(rng.u64(1..=40));
    let owned = Owned(task.clone());
    spawn_timer(delay, move || {
        record(&task, "begins");
        if starts_another {
            let another = format!("{task}, another");
            spawn_timer(later, move || record(another, "fires"));
        }
        if is_slow {
            thread::sleep(takes);
        }
        assert!(!panics, "this callback panics on purpose");
        record(&task, "ends");
        drop(owned);
    })
}

const fn hundredths(number: u64) -> Duration {
    Duration::from_millis(10 * number)
}

/// Records when the callback that owns it is dropped.
struct Owned(String);

impl Drop for Owned {
    fn drop(&mut self) {
        record(&self.0, "is dropped");
    }
}
