//! The way into a simulation of async code.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime;

use crate::context::Context;
use crate::deadlock::{Deadlock, Waiting};
use crate::ended::{Interrupted, Running};
use crate::note;
use crate::paused::Paused;
use crate::timeline::Timeline;

/// Virtual time after which a scenario that is still pending is taken for one that never ends. It is not longer,
/// because a task that ticks until then costs real time.
const LONGEST: Duration = Duration::from_secs(60);

/// Runs an async scenario on a tokio runtime of its own, in virtual time, and returns what it recorded.
///
/// The runtime has one thread and tokio's paused clock: whenever all tasks wait, time jumps to the next timer.
/// [`thread::sleep`](crate::thread::sleep) inside a task moves the clock too, but lets no other task run meanwhile, so
/// a task that blocks is seen to stall its siblings.
///
/// As with `#[tokio::main]`, spawned tasks that are still pending when the scenario ends are dropped then.
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
/// With the scenario's own panic; with a [`Deadlock`]'s report when the scenario is still pending after 60 s of virtual
/// time; when more than 100 000 events are recorded; and inside another simulation.
pub fn simulate_async<F: Future>(scenario: F) -> Timeline {
    run(Box::pin(async {
        scenario.await;
    }))
}

/// The same for every scenario: otherwise each test would compile a runtime of its own.
fn run(scenario: Pin<Box<dyn Future<Output = ()> + '_>>) -> Timeline {
    match Context::current() {
        Context::Real => {}
        Context::Simulated(_) => {
            panic!("`simulate_async` was called inside `simulate`: a runtime there would run in real time")
        }
        Context::Paused(_) | Context::Beside(_) => {
            panic!("`simulate_async` was called inside `simulate_async`: await the scenario in place of that")
        }
    }
    let runtime = runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime of one thread needs nothing from the operating system but memory");
    let paused = Paused::register(&runtime);
    let _running = Running::begin();
    let ended = {
        let _entered = Context::Paused(Arc::clone(&paused)).enter();
        catch_unwind(AssertUnwindSafe(|| {
            let ended = runtime.block_on(async { tokio::time::timeout(LONGEST, scenario).await.is_ok() });
            // Tasks that are left end here: what their destructors record still belongs to the scenario.
            drop(runtime);
            ended
        }))
    };
    let timeline = Timeline::new(paused.log.take());
    note::keep(timeline.notes());
    match ended {
        Ok(true) => timeline,
        Ok(false) => {
            let deadlock = never_woken();
            let report = deadlock.to_string();
            Interrupted { timeline, deadlock: Some(deadlock) }.remember();
            panic!("{report}");
        }
        Err(payload) => {
            Interrupted { timeline, deadlock: None }.remember();
            resume_unwind(payload);
        }
    }
}

fn never_woken() -> Deadlock {
    let what = format!("something that has not happened in {} s of virtual time", LONGEST.as_secs());
    Deadlock {
        at: LONGEST,
        waiting: vec![Waiting { thread: "the scenario".into(), what, place: String::new(), polls: 0 }],
    }
}
