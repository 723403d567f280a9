//! caught by: what_a_task_puts_runs_after_what_was_queued, a_task_may_put_itself_100_000_times, scenario
//! why: `put` runs the loop when one is already running, so what a task puts runs inside that task.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

#[derive(Clone, Default)]
pub struct TaskQueue {
    tasks: Rc<RefCell<VecDeque<Box<dyn FnOnce()>>>>,
    running: Rc<Cell<bool>>,
}

impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, task: impl FnOnce() + 'static) {
        self.tasks.borrow_mut().push_back(Box::new(task));
        if self.running.get() {
            event_loop(self);
        }
    }
}

pub fn event_loop(queue: &TaskQueue) {
    loop {
        let task = queue.tasks.borrow_mut().pop_front();
        let Some(task) = task else {
            queue.running.set(false);
            return;
        };
        queue.running.set(true);
        task();
    }
}
