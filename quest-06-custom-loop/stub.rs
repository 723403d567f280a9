// Quest 6: An event loop of your own. This is the only file you edit.
// The lesson is in README.md, the next hint is `cargo xtask hint 6`.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Wake, Waker};

use timeline::sync::{Arc, Mutex};
use timeline::thread::{self, Thread};

/// A task: a future in a box, whose output is a `T`.
pub type Task<T = ()> = Pin<Box<dyn Future<Output = T>>>;

/// Tasks are pending, and none of them has been woken. On one thread, none of them ever will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stalled: {pending} pending, none woken")]
pub struct Stalled {
    /// How many tasks have not finished.
    pub pending: usize,
}

/// Runs one future to completion on this thread and returns its value.
///
/// Polls at once. After `Pending`, this thread sleeps until the future is woken, then polls again. The wake may come
/// from any thread. It may also come while the future is being polled: then the thread does not sleep, but polls again.
/// Records nothing.
pub fn block_on<F: Future>(future: F) -> F::Output {
    drop(future);
    todo!("poll, and park until woken")
}

/// A handle to an event loop: tasks, and a queue of those that are ready to be polled.
///
/// A clone is another handle to the same loop. `EventLoop::default()` is a new loop, as `EventLoop::new()` is.
#[derive(Clone, Default)]
pub struct EventLoop {
    // The fields are up to you.
}

impl EventLoop {
    /// Makes a loop without tasks.
    pub fn new() -> Self {
        todo!("make a loop without tasks")
    }

    /// Adds a task, ready to be polled, behind those that are already ready. Does not poll it.
    ///
    /// A task may call this while it is being polled and while it is being dropped.
    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        drop(task);
        todo!("keep the task, and queue it")
    }

    /// Polls, once each, the tasks that were ready when the turn began. Returns how many it polled.
    ///
    /// They are polled in the order in which they were woken or spawned. However often a task is woken before it is
    /// polled, that is one poll, in the place of the first wake. A task that is woken while it is polled, or woken
    /// later in the turn, or spawned in the turn, is ready for the next turn. A task that returns `Ready` is dropped
    /// before the next one is polled; waking it after that does nothing. A task's panic passes through to the caller.
    /// Records nothing.
    pub fn turn(&self) -> usize {
        todo!("poll what is ready")
    }

    /// How many tasks have not finished. Meant to be called between two turns.
    pub fn pending(&self) -> usize {
        todo!("count the tasks")
    }

    /// Takes turns until no task is pending.
    ///
    /// # Errors
    ///
    /// `Stalled` if tasks are pending and none of them is ready. They are kept: wake one, and call `run`
    /// again.
    pub fn run(&self) -> Result<(), Stalled> {
        todo!("take turns")
    }
}

/// Runs the tasks together, inside a task of another executor, and returns their values in the order of `tasks`.
///
/// Each poll of this future is one turn: it polls, once each, the tasks that were ready when it began, in the order of
/// their wakes. At the beginning all are ready, in the order of `tasks`. If some are ready again at the end of the
/// turn, it wakes the task that polls it and returns `Pending`, so that the other executor can run others in between.
/// Waking one of the tasks, from any thread, wakes the task that polled this future last. Any executor can run it.
/// Dropping it drops the tasks that have not finished. Records nothing.
pub async fn custom_event_loop<T: 'static>(tasks: Vec<Task<T>>) -> Vec<T> {
    let _ = tasks;
    todo!("take turns, one per poll")
}
