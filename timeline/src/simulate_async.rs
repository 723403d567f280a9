//! The entry point of a simulation of async code.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime;

use crate::context::Context;
use crate::deadlock::{Deadlock, Waiting};
use crate::interrupted::{ActiveSimulation, Interrupted};
use crate::paused_clock::PausedClock;
use crate::timeline::Timeline;
use crate::trace;

/// A program that is still pending after this virtual time is assumed never to end. The time is not longer, since a
/// task that ticks until then costs real time.
const LONGEST: Duration = Duration::from_secs(60);

/// Runs an async program on a tokio runtime of its own, in virtual time, and returns what it recorded.
///
/// The runtime has one thread and tokio's paused clock: whenever all tasks wait, time jumps to the next timer.
/// [`thread::sleep`](crate::thread::sleep) inside a task moves the clock too, but lets no other task run meanwhile, so
/// the timeline shows how a blocking task stalls its siblings.
///
/// A task that polls the mirror of `std` and never awaits, as in `while start.elapsed() < timeout {}`, would spin for
/// ever, since nothing else can run before it awaits something. That is reported as a [`Deadlock`].
///
/// As with `#[tokio::main]`, spawned tasks that are still pending when the program ends are dropped.
///
/// ```
/// use std::time::Duration;
/// use timeline::{record, simulate_async};
///
/// let timeline = simulate_async(async {
///     let sleeper = tokio::spawn(async {
///         tokio::time::sleep(Duration::from_secs(2)).await;
///         record("Task 2", "finished");
///     });
///     tokio::time::sleep(Duration::from_secs(3)).await;
///     record("Task 1", "finished");
///     sleeper.await.expect("the task does not panic");
/// });
/// assert_eq!(timeline.to_string(), "  2000 ms  Task 2  finished\n  3000 ms  Task 1  finished");
/// ```
///
/// # Panics
///
/// With the program's own panic; with a [`Deadlock`]'s report when the program is still pending after 60 s of virtual
/// time, or when a task has polled something without end; when more than 100 000 events are recorded; and inside
/// another simulation.
pub fn simulate_async<F: Future>(program: F) -> Timeline {
    run(Box::pin(async {
        program.await;
    }))
}

/// Takes a box, so that a runtime is compiled once and not once per test.
fn run(program: Pin<Box<dyn Future<Output = ()> + '_>>) -> Timeline {
    match Context::current() {
        Context::Real => {}
        Context::Simulated(_) => {
            panic!("`simulate_async` was called inside `simulate`: a runtime there would run in real time")
        }
        Context::Paused(_) | Context::BlockingPool(_) => {
            panic!("`simulate_async` was called inside `simulate_async`: await the program instead")
        }
    }
    let runtime = runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime of one thread needs nothing from the operating system but memory");
    let clock = PausedClock::register(&runtime);
    let _running = ActiveSimulation::begin();
    let outcome = {
        let _entered = Context::Paused(Arc::clone(&clock)).enter();
        catch_unwind(AssertUnwindSafe(|| {
            let is_ready = runtime.block_on(async { tokio::time::timeout(LONGEST, program).await.is_ok() });
            // Pending tasks end here: what their destructors record still belongs to the program.
            drop(runtime);
            is_ready
        }))
    };
    let timeline = Timeline::new(clock.log.take());
    trace::store(timeline.trace());
    let deadlock = clock.deadlock();
    match (outcome, deadlock) {
        (Ok(true), None) => timeline,
        (Ok(_), deadlock) => {
            let deadlock = deadlock.unwrap_or_else(never_woken);
            let report = deadlock.to_string();
            Interrupted { timeline, deadlock: Some(deadlock) }.store();
            panic!("{report}");
        }
        (Err(payload), deadlock) => {
            Interrupted { timeline, deadlock }.store();
            resume_unwind(payload);
        }
    }
}

fn never_woken() -> Deadlock {
    let what = format!("something that has not happened in {} s of virtual time", LONGEST.as_secs());
    Deadlock { at: LONGEST, waiting: vec![Waiting { thread: "main".into(), what, location: String::new(), polls: 0 }] }
}
