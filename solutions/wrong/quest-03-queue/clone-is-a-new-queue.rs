//! caught by: clones_put_into_the_same_queue, what_a_task_puts_runs_after_what_was_queued, a_task_may_put_itself_100_000_times, scenario
//! why: A clone is an empty queue of its own, since boxed closures cannot be cloned.

use std::cell::RefCell;
use std::collections::VecDeque;

#[derive(Default)]
pub struct TaskQueue {
    tasks: RefCell<VecDeque<Box<dyn FnOnce()>>>,
}

impl Clone for TaskQueue {
    fn clone(&self) -> Self {
        Self::default()
    }
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
    loop {
        let task = queue.tasks.borrow_mut().pop_front();
        match task {
            Some(task) => task(),
            None => return,
        }
    }
}
