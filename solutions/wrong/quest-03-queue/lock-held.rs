//! caught by: what_a_task_puts_runs_after_what_was_queued, a_task_may_put_itself_100_000_times, a_panic_leaves_the_rest_queued, scenario
//! why: A mutex in place of the `RefCell`, locked while the task runs: a task that puts waits for itself, and a panic poisons it.

use std::collections::VecDeque;
use std::rc::Rc;

use timeline::sync::Mutex;

#[derive(Clone, Default)]
pub struct TaskQueue {
    tasks: Rc<Mutex<VecDeque<Box<dyn FnOnce()>>>>,
}

impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, task: impl FnOnce() + 'static) {
        self.tasks.lock().expect("unpoisoned").push_back(Box::new(task));
    }
}

pub fn event_loop(queue: &TaskQueue) {
    while let Some(task) = queue.tasks.lock().expect("unpoisoned").pop_front() {
        task();
    }
}
