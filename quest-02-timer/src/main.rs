//! A timer in real time, then the timers that do not keep their caller waiting.

use std::time::Duration;

use quest_02_timer::{Outcome, spawn_timer, timer};
use timeline::{record, section, thread};

fn main() {
    section("Wait, then call back");
    timer(Duration::from_secs(3), on_timer_complete);
    record("main", "goes on after the callback");

    section("One thread per timer");
    let long = spawn_timer(Duration::from_secs(3), || record("Long timer", "completed"));
    let short = spawn_timer(Duration::from_secs(2), || record("Short timer", "completed"));
    record("main", "goes on at once");
    record("main", format!("short timer: {}", name(short.wait())));
    record("main", format!("long timer: {}", name(long.wait())));

    section("Cancelled after one second");
    let never = spawn_timer(Duration::from_secs(3), || record("Timer", "must not complete"));
    thread::sleep(Duration::from_secs(1));
    record("main", format!("cancel: {}", never.cancel()));
    record("main", format!("cancel again: {}", never.cancel()));
    record("main", format!("timer: {}", name(never.wait())));
}

fn on_timer_complete() {
    record("Timer", "Timer completed!");
}

fn name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Fired => "fired",
        Outcome::Cancelled => "cancelled",
        Outcome::Panicked => "panicked",
    }
}
