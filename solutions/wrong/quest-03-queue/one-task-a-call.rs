//! caught by: tasks_run_in_the_order_they_were_put, clones_put_into_the_same_queue, what_a_task_puts_runs_after_what_was_queued, a_task_may_put_itself_100_000_times, a_panic_passes_through_the_loop, a_panic_leaves_the_rest_queued, scenario
//! why: Runs the first task and returns.

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
    }
}
