//! caught by: tasks_run_in_the_order_they_were_put, putting_a_task_does_not_run_it, an_empty_queue_returns_and_the_loop_runs_again, clones_put_into_the_same_queue, what_a_task_puts_runs_after_what_was_queued, a_task_may_put_itself_100_000_times, a_panic_leaves_the_rest_queued, scenario
//! why: Waits for the next task in a channel that stays open, so the loop never returns.

use std::rc::Rc;

use timeline::sync::mpsc::{Receiver, Sender, channel};

#[derive(Clone)]
pub struct TaskQueue {
    tasks: Rc<Receiver<Box<dyn FnOnce()>>>,
    back: Sender<Box<dyn FnOnce()>>,
}

impl Default for TaskQueue {
    fn default() -> Self {
        let (back, tasks) = channel();
        Self { tasks: Rc::new(tasks), back }
    }
}

impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, task: impl FnOnce() + 'static) {
        self.back.send(Box::new(task)).expect("the queue is there");
    }
}

pub fn event_loop(queue: &TaskQueue) {
    while let Ok(task) = queue.tasks.recv() {
        task();
    }
}
