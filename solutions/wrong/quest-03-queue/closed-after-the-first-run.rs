//! caught by: an_empty_queue_returns_and_the_loop_runs_again, a_panic_leaves_the_rest_queued, scenario
//! why: Closes the queue when it is empty for the first time, so it cannot run again.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

#[derive(Clone, Default)]
pub struct TaskQueue {
    tasks: Rc<RefCell<VecDeque<Box<dyn FnOnce()>>>>,
    closed: Rc<Cell<bool>>,
}

impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, task: impl FnOnce() + 'static) {
        self.tasks.borrow_mut().push_back(Box::new(task));
    }
}

pub fn event_loop(queue: &TaskQueue) {
    while !queue.closed.replace(true) {
        loop {
            let task = queue.tasks.borrow_mut().pop_front();
            match task {
                Some(task) => task(),
                None => break,
            }
        }
    }
}
