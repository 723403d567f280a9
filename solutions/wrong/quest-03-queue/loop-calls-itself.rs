//! caught by: a_task_may_put_itself_100_000_times
//! why: Runs one task and calls itself for the rest, so the stack grows with every task.

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
    let task = queue.tasks.borrow_mut().pop_front();
    if let Some(task) = task {
        task();
        event_loop(queue);
    }
}
