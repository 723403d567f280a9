// Quest 4: An event loop that sleeps. This is the only file you edit.
// The lesson is in README.md, the next hint is `cargo xtask hint 4`.
//
// `timeline::thread` and `timeline::time::Instant` mirror `std::thread` and `std::time::Instant`. Use them in place of
// std's, so that no test has to wait. You are free to add types, functions and imports.

use std::cell::RefCell;
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap};
use std::rc::Rc;
use std::time::Duration;

use timeline::time::Instant;
use timeline::{record, thread};

/// Something to do, and how long to wait before doing it.
pub struct DelayedTask {
    /// How long to wait. The loop that gets the task decides when the wait begins.
    pub delay: Duration,
    /// What to do then.
    pub action: Box<dyn FnOnce()>,
}

/// Makes a task whose action is `record("Event loop", message)`, and nothing else.
///
/// Making the task records nothing and takes no time.
pub fn delayed_task(delay: Duration, message: &str) -> DelayedTask {
    todo!("use {delay:?} and {message:?}")
}

/// Runs the tasks one after the other, in the given order: sleeps for a task's delay, then runs its action.
///
/// So each delay begins when the task before it has ended, and the delays add up. Returns after the last action.
/// Without tasks, returns at once.
pub fn event_loop_blocking(tasks: Vec<DelayedTask>) {
    let _ = tasks;
    todo!("run the tasks in turn")
}

/// A handle to a queue of delayed tasks.
///
/// A clone is another handle to the same queue. `TaskQueue::default()` is a new queue, as `TaskQueue::new()` is.
#[derive(Clone, Default)]
pub struct TaskQueue {
    // The fields are up to you.
}

impl TaskQueue {
    /// Makes a new, empty queue.
    pub fn new() -> Self {
        todo!("make an empty queue")
    }

    /// Puts a task into the queue. Its delay begins now: it is due when the delay is over.
    ///
    /// Runs nothing and does not wait. A task may call this while `event_loop` is running it.
    pub fn put(&self, task: DelayedTask) {
        let DelayedTask { delay, action } = task;
        let _ = action;
        todo!("note when the task is due: {delay:?} from now")
    }
}

/// Runs each task when it is due, on the calling thread, until the queue is empty.
///
/// The next task is always the one that is due first. Of those due at the same instant, the one that was put first runs
/// first. No task runs before it is due. A task that is overdue because another took long runs as soon as its turn
/// comes. A task that a task puts is run by the same call, and may even come next.
///
/// When no task is due, sleeps until the earliest one is: in one sleep, without waking in between. Returns when the
/// queue is empty, at once if it already is. Can be called again. A task's panic passes through to the caller. The
/// others stay in the queue, and their deadlines do not change. Records nothing; that is up to the tasks.
pub fn event_loop(queue: &TaskQueue) {
    let _ = queue;
    todo!("run the tasks when they are due")
}
