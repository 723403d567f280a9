//! Quest 3: The event queue.
//!
//! # Why it works
//!
//! The queue is a `VecDeque` of boxed closures: `put` adds to the back, the loop takes from the front, so tasks run in the
//! order in which they were put. `Rc` makes a clone of the handle a handle to the same queue, so that a task can own
//! one. `RefCell` lets every handle change the queue.
//!
//! The loop takes out one task in a `let` statement and runs it in the next. The borrow is a temporary of that
//! statement and ends at its semicolon. So *while a task runs, the loop borrows nothing*, and everything else follows
//! from that:
//!
//! - The task may `put`, and may even call `event_loop`: the queue is not borrowed.
//! - What it puts lands behind all that is queued, and the loop finds it there in a later round: fair, and in the same call.
//! - The task has returned before the next one begins. However often a task puts itself, the stack is no deeper than one
//!   task, and the queue no longer.
//! - A panic unwinds through the loop, which has no task but the broken one. The others are in the queue, where the next
//!   call finds them.
//!
//! # What goes wrong otherwise
//!
//! - `while let Some(task) = queue.tasks.borrow_mut().pop_front() { task() }` reads well and panics at the first task
//!   that puts: a temporary in the head of `while let` lives until the end of the body, and so does the borrow. (The change of
//!   edition 2024 to temporaries of `if let` is about its `else`, not about bodies.)
//! - `for task in queue.tasks.take() { task() }` runs only what was queued at the beginning. In a loop around it the
//!   order is right again, but the tasks of a round sit in the iterator, and a panic drops them all.
//! - `put` that runs the task at once, or a loop that ends in a call of itself: the stack grows with every round.
//! - `catch_unwind` around each task hides from the caller that something is broken.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// A handle to a queue of tasks, first in, first out.
///
/// A clone is another handle to the same queue. `TaskQueue::default()` is a new queue, as `TaskQueue::new()` is.
#[derive(Clone, Default)]
pub struct TaskQueue {
    tasks: Rc<RefCell<VecDeque<Task>>>,
}

impl TaskQueue {
    /// Makes a new, empty queue.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a task at the back of the queue. It does not run until `event_loop` takes it out.
    ///
    /// A task may call this while `event_loop` is running it.
    pub fn put(&self, task: impl FnOnce() + 'static) {
        self.tasks.borrow_mut().push_back(Box::new(task));
    }
}

/// No two closures have the same type. Boxed, they do.
type Task = Box<dyn FnOnce()>;

/// Runs the tasks one after the other, from the front of the queue, until the queue is empty.
///
/// Each task is taken out of the queue, then run. Tasks that a task puts run, too, after everything that was queued
/// before them. Returns when the queue is empty, at once if it already is. Can be called again. A task's panic passes
/// through to the caller; the tasks behind it stay in the queue. Records nothing; that is up to the tasks.
pub fn event_loop(queue: &TaskQueue) {
    loop {
        // The borrow must end before the task runs, since the task may put: hence two statements.
        let task = queue.tasks.borrow_mut().pop_front();
        match task {
            Some(task) => task(),
            None => return,
        }
    }
}
