//! caught by: what_a_task_puts_runs_after_what_was_queued, a_task_may_put_itself_100_000_times, seeds
//! why: Counts the tasks in the beginning and runs that many, so what a task puts stays in the queue.

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
    let queued = queue.tasks.borrow().len();
    for _ in 0..queued {
        let task = queue.tasks.borrow_mut().pop_front();
        if let Some(task) = task {
            task();
        }
    }
}
