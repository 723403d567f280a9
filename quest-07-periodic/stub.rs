// Quest 7: Periodic tasks. This is the only file you edit.
// The lesson is in README.md, the next hint is `cargo xtask hint 7`.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Wake, Waker};

use timeline::sync::{Arc, Mutex};
use timeline::time::{Duration, Instant};
use timeline::{record, thread};

/// The interval is zero: the next tick would never be later than the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the interval is zero")]
pub struct ZeroInterval;

/// Tasks are pending, none of them has been woken, and no sleep will wake one. On one thread, nothing ever will.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stalled: {pending} pending, none woken, no sleep ahead")]
pub struct Stalled {
    /// How many tasks have not finished.
    pub pending: usize,
}

/// Ticks on tokio's clock, and returns the number of ticks right after the last one.
///
/// The ticks are due at `interval`, 2 · `interval`, 3 · `interval`, … after the first poll. Every tick that is due no
/// later than `stop_after` is recorded, under `name`: `tick 1`, `tick 2`, … A late tick is recorded as soon as
/// possible, and the next is due when it would have been due anyway. If several are late, each of them is recorded. If
/// the first tick would be due after `stop_after`, returns 0 at once.
///
/// # Errors
///
/// `ZeroInterval`, at once, if the interval is zero. Then nothing is recorded.
pub async fn periodic_task(interval: Duration, name: &str, stop_after: Duration) -> Result<u32, ZeroInterval> {
    let _ = (interval, name, stop_after);
    todo!("tick")
}

/// A handle to a runtime of your own: tasks, a queue of those that are ready, and the deadlines of those that sleep.
///
/// It is for one thread: its tasks are woken by each other and by its sleeps. A clone is another handle to the same
/// runtime. `Runtime::default()` is a new runtime, as `Runtime::new()` is.
#[derive(Clone, Default)]
pub struct Runtime {
    // The fields are up to you.
}

impl Runtime {
    /// Makes a runtime without tasks.
    pub fn new() -> Self {
        todo!("make a runtime without tasks")
    }

    /// Adds a task, ready to be polled, behind those that are already ready. Does not poll it.
    ///
    /// A task may call this while it is being polled.
    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        drop(task);
        todo!("keep the task, and queue it")
    }

    /// A future that is ready when `duration` has passed since this call.
    ///
    /// It wakes the task that polled it last. It may be made before `run`, and be polled in a task other than the one
    /// that made it. When it is dropped, it is forgotten: it wakes no task, and `run` does not wait for it.
    pub fn sleep(&self, duration: Duration) -> Sleep {
        let _ = duration;
        todo!("remember when the sleep ends")
    }

    /// Spawns a task that ticks as `periodic_task` does, but on this runtime's clock.
    ///
    /// # Errors
    ///
    /// `ZeroInterval` if the interval is zero. Then nothing is spawned.
    pub fn spawn_periodic(&self, interval: Duration, name: &str, stop_after: Duration) -> Result<(), ZeroInterval> {
        let _ = (interval, name, stop_after);
        todo!("spawn a task that ticks")
    }

    /// Runs the tasks until the last of them has finished.
    ///
    /// In turns, as in quest 6: each turn polls, once each and in the order of their wakes, the tasks that were ready
    /// when it began. Before each turn the sleeps that are over wake their tasks, in the order of their deadlines. So a
    /// task that is always ready delays a sleeping one by no more than one turn. When no task is ready, the thread
    /// sleeps until the next deadline, in one sleep. When the last task has finished, returns without waiting for any
    /// sleep that is left. A task's panic passes through to the caller. Records nothing.
    ///
    /// # Errors
    ///
    /// `Stalled` if tasks are pending, none of them is ready, and there is no sleep to wait for. The tasks are kept.
    pub fn run(&self) -> Result<(), Stalled> {
        todo!("take turns, and sleep when nothing is ready")
    }
}

/// A sleep of a [`Runtime`]. Made by [`Runtime::sleep`].
pub struct Sleep {
    // The fields are up to you.
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let _ = context;
        todo!("ready when the time has come, else leave the waker with the runtime")
    }
}
