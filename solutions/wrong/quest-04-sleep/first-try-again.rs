//! caught by: the_shorter_delay_runs_first, delays_count_from_put, equal_deadlines_run_in_the_order_of_put, the_loop_runs_again_through_any_clone, a_task_puts_one_that_is_due_before_the_others, overdue_tasks_run_late_in_deadline_order, zero_delays_do_not_starve_a_due_timer, the_loop_sleeps_once_until_the_next_deadline, a_panic_leaves_the_rest_queued, scenario
//! why: The queue is a plain first-in-first-out queue, run as in the first try: in turn, 5 s.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use timeline::{record, thread};

pub struct DelayedTask {
    pub delay: Duration,
    pub action: Box<dyn FnOnce()>,
}

pub fn delayed_task(delay: Duration, message: &str) -> DelayedTask {
    let message = message.to_owned();
    DelayedTask { delay, action: Box::new(move || record("Event loop", message)) }
}

pub fn event_loop_blocking(tasks: Vec<DelayedTask>) {
    for task in tasks {
        thread::sleep(task.delay);
        (task.action)();
    }
}

#[derive(Clone, Default)]
pub struct TaskQueue {
    tasks: Rc<RefCell<VecDeque<DelayedTask>>>,
}

impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, task: DelayedTask) {
        self.tasks.borrow_mut().push_back(task);
    }
}

pub fn event_loop(queue: &TaskQueue) {
    loop {
        let task = queue.tasks.borrow_mut().pop_front();
        let Some(task) = task else { return };
        thread::sleep(task.delay);
        (task.action)();
    }
}
