//! caught by: putting_a_task_does_not_run_it, clones_put_into_the_same_queue, what_a_task_puts_runs_after_what_was_queued, a_task_may_put_itself_100_000_times, a_panic_passes_through_the_loop, a_panic_leaves_the_rest_queued, scenario
//! why: `put` runs the task at once when nothing is queued before it.

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
        if self.tasks.borrow().is_empty() {
            return task();
        }
        self.tasks.borrow_mut().push_back(Box::new(task));
    }
}

pub fn event_loop(queue: &TaskQueue) {
    loop {
        let task = queue.tasks.borrow_mut().pop_front();
        match task {
            Some(task) => task(),
            None => return,
        }
    }
}
