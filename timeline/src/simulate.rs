//! The entry point of a simulation of blocking code.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::Instant;

use crate::context::{Context, SimThread};
use crate::interrupted::{ActiveSimulation, Interrupted};
use crate::log::Log;
use crate::scheduler::{ROOT, Simulation};
use crate::timeline::Timeline;
use crate::trace;

/// Runs a program of blocking code in virtual time, and returns what it recorded.
///
/// Inside, [`thread`](crate::thread), [`sync`](crate::sync) and [`time`](crate::time) take no real time: one thread
/// runs at a time, and when all wait, the clock jumps to the next deadline. The same program gives the same timeline
/// each time. Threads run in the order in which they were spawned or became runnable.
///
/// The simulation ends when the program returns, as a program ends when `main` returns. Threads that are still waiting
/// then never run again, and their destructors do not run.
///
/// ```
/// use std::time::Duration;
/// use timeline::{record, simulate, thread};
///
/// let timeline = simulate(|| {
///     let sleeper = thread::spawn(|| {
///         thread::sleep(Duration::from_secs(2));
///         record("Task 2", "finished");
///     });
///     thread::sleep(Duration::from_secs(3));
///     record("Task 1", "finished");
///     sleeper.join().expect("the thread does not panic");
/// });
/// assert_eq!(timeline.to_string(), "  2000 ms  Task 2  finished\n  3000 ms  Task 1  finished");
/// ```
///
/// Inside [`simulate_async`](crate::simulate_async), it begins at the time of that clock, moves that clock when it
/// ends, and its events belong to both timelines.
///
/// # Panics
///
/// With the program's own panic; with a [`Deadlock`](crate::Deadlock)'s report when nothing can happen any more; when
/// more than 100 000 events are recorded; inside another `simulate`; and in `spawn_blocking`.
pub fn simulate<T>(program: impl FnOnce() -> T) -> Timeline {
    run(Box::new(|| drop(program())))
}

/// Takes a box, so that it is compiled once and not once per test.
fn run(program: Box<dyn FnOnce() + '_>) -> Timeline {
    let caller = Caller::current();
    let simulation = Simulation::new(caller.instant(), caller.log());
    let _running = ActiveSimulation::begin();
    let thread = SimThread { simulation: Arc::clone(&simulation), id: ROOT, in_runtime: is_in_runtime() };
    let outcome = {
        let _entered = Context::Simulated(thread).enter();
        catch_unwind(AssertUnwindSafe(program))
    };
    simulation.end();
    let timeline = Timeline::new(simulation.take_log());
    trace::store(timeline.trace());
    let deadlock = simulation.deadlock();
    match (outcome, deadlock) {
        (Ok(()), None) => {
            caller.advance(simulation.now());
            timeline
        }
        // The program has caught the panic that reported the deadlock. That changes nothing.
        (Ok(()), Some(deadlock)) => {
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

/// Who called `simulate`.
enum Caller {
    /// Code outside all simulations.
    Outside,
    /// A task of `simulate_async`.
    #[cfg(feature = "tokio")]
    Task(Arc<crate::paused_clock::PausedClock>),
}

impl Caller {
    fn current() -> Self {
        match Context::current() {
            Context::Real => Self::Outside,
            Context::Simulated(_) => panic!("`simulate` was called inside `simulate`: call the program directly"),
            #[cfg(feature = "tokio")]
            Context::Paused(clock) => Self::Task(clock),
            #[cfg(feature = "tokio")]
            Context::BlockingPool(_) => panic!(
                "`simulate` was called in `spawn_blocking`, where the paused clock stands still: call it in a task"
            ),
        }
    }

    fn log(&self) -> Log {
        match self {
            Self::Outside => Log::default(),
            #[cfg(feature = "tokio")]
            Self::Task(clock) => Log::within(Arc::clone(&clock.log), clock.now()),
        }
    }

    fn instant(&self) -> Instant {
        match self {
            Self::Outside => Instant::now(),
            #[cfg(feature = "tokio")]
            Self::Task(_) => tokio::time::Instant::now().into_std(),
        }
    }

    #[cfg_attr(not(feature = "tokio"), expect(clippy::unused_self, unused_variables, reason = "there is no runtime"))]
    fn advance(&self, duration: std::time::Duration) {
        #[cfg(feature = "tokio")]
        if let Self::Task(_) = self {
            crate::paused_clock::advance(duration);
        }
    }
}

/// Whether the calling thread has entered a tokio runtime of any kind before it simulates.
fn is_in_runtime() -> bool {
    #[cfg(feature = "tokio")]
    return tokio::runtime::Handle::try_current().is_ok();
    #[cfg(not(feature = "tokio"))]
    return false;
}
