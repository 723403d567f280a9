//! caught by: equal_deadlines_run_in_the_order_of_put, zero_delays_do_not_starve_a_due_timer, a_panic_leaves_the_rest_queued, scenario
//! why: The deadline alone is the key of a map, so a task replaces the one that is due at the same instant.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use timeline::time::Instant;
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
    tasks: Rc<RefCell<BTreeMap<Instant, Box<dyn FnOnce()>>>>,
}

impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, task: DelayedTask) {
        self.tasks.borrow_mut().insert(Instant::now() + task.delay, task.action);
    }
}

pub fn event_loop(queue: &TaskQueue) {
    loop {
        let first = queue.tasks.borrow().keys().next().copied();
        let Some(due) = first else { return };
        thread::sleep(due.duration_since(Instant::now()));
        let first = queue.tasks.borrow_mut().pop_first();
        if let Some((_, action)) = first {
            action();
        }
    }
}
