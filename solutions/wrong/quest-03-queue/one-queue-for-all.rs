//! caught by: clones_put_into_the_same_queue
//! why: Keeps the tasks in one place for the whole thread, so every queue is the same queue.

use std::cell::RefCell;
use std::collections::VecDeque;

thread_local! {
    static TASKS: RefCell<VecDeque<Box<dyn FnOnce()>>> = RefCell::default();
}

#[derive(Clone, Default)]
pub struct TaskQueue {}

impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, task: impl FnOnce() + 'static) {
        TASKS.with_borrow_mut(|tasks| tasks.push_back(Box::new(task)));
    }
}

pub fn event_loop(_: &TaskQueue) {
    loop {
        let task = TASKS.with_borrow_mut(VecDeque::pop_front);
        match task {
            Some(task) => task(),
            None => return,
        }
    }
}
