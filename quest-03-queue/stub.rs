// Quest 3: The event queue. This is the only file you edit.
// The lesson is in README.md, the next hint is `cargo xtask hint 3`.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// A handle to a queue of tasks, first in, first out.
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

    /// Puts a task at the back of the queue. It does not run until `event_loop` takes it out.
    ///
    /// A task may call this while `event_loop` is running it.
    pub fn put(&self, task: impl FnOnce() + 'static) {
        let _ = task;
        todo!("put the task at the back")
    }
}

/// Runs the tasks one after the other, from the front of the queue, until the queue is empty.
///
/// Each task is taken out of the queue, then run. Tasks that a task puts run, too, after everything that was queued
/// before them. Returns when the queue is empty, at once if it already is. Can be called again. A task's panic passes
/// through to the caller; the tasks behind it stay in the queue. Records nothing; that is up to the tasks.
pub fn event_loop(queue: &TaskQueue) {
    let _ = queue;
    todo!("run the tasks")
}
