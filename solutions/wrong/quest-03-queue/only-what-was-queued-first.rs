//! caught by: what_a_task_puts_runs_after_what_was_queued, a_task_may_put_itself_100_000_times, a_panic_leaves_the_rest_queued, scenario
//! why: Takes the whole queue in the beginning: what a task puts stays, and a panic drops the rest.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

#[derive(Clone, Default)]
pub struct TaskQueue {
    tasks: Rc<RefCell<VecDeque<Box<dyn FnOnce()>>>>,
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
    let tasks = queue.tasks.take();
    for task in tasks {
        task();
    }
}
