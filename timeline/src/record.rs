//! Recording events: stored inside a simulation, printed outside.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::context::Context;
use crate::event::Event;
use crate::interrupted::ActiveSimulation;

/// When the printed times of this process start: with the first event, or with the last section.
static START: Mutex<Option<Instant>> = Mutex::new(None);

/// Records that `what` happened to `task`, now.
///
/// Inside a simulation, the event is added to the [`Timeline`](crate::Timeline). Outside, it is printed at once, with
/// the real time since the first event or the last [`section`].
///
/// ```
/// use timeline::{record, simulate};
///
/// let timeline = simulate(|| record("Task 1", format_args!("step {}", 7)));
/// assert_eq!(timeline.events()[0].what, "step 7");
/// ```
///
/// # Panics
///
/// In a simulation, when there are more than 100 000 events; and in `simulate`, on a thread that has built a tokio
/// runtime.
pub fn record(task: impl Display, what: impl Display) {
    let (task, what) = (task.to_string(), what.to_string());
    match Context::current() {
        Context::Simulated(thread) => thread.simulation.record(thread.id, task, what),
        #[cfg(feature = "tokio")]
        Context::Paused(clock) | Context::BlockingPool(clock) => clock.record(task, what),
        Context::Real => record_live(task, what),
    }
}

/// Prints a title, and starts the times of the events printed after it at zero. For demos that show several runs.
///
/// Inside a simulation it does nothing.
///
/// ```
/// timeline::section("Two tasks, one after the other");
/// timeline::record("Task 1", "started");
/// ```
pub fn section(title: impl Display) {
    if matches!(Context::current(), Context::Real) {
        print(format_args!("\n{title}"));
        *START.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}

fn record_live(task: String, what: String) {
    if ActiveSimulation::any() {
        // This event is missing from the simulation's timeline. Say why, where a test shows it.
        eprintln!(
            "note: \"{task} {what}\" was recorded on a thread that the simulation does not know. \
             Start threads with `timeline::thread::spawn`."
        );
    }
    let mut start = START.lock().unwrap_or_else(PoisonError::into_inner);
    let elapsed = start.get_or_insert_with(Instant::now).elapsed();
    let at = Duration::from_secs(elapsed.as_secs()) + Duration::from_millis(elapsed.subsec_millis().into());
    // Printed under the lock, so that the lines are in the order of their times.
    print(format_args!("{}", Event { at, task, what }));
}

fn print(line: std::fmt::Arguments<'_>) {
    // If standard output is closed, nobody wants the rest, which is no reason to panic.
    let _ = writeln!(io::stdout(), "{line}");
}
