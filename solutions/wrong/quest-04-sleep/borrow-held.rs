//! caught by: a_task_puts_one_that_is_due_before_the_others, overdue_tasks_run_late_in_deadline_order, zero_delays_do_not_starve_a_due_timer, scenario
//! why: The queue is still borrowed while a task runs, so a task that puts another panics.

use std::cell::{Cell, RefCell};
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
    tasks: Rc<RefCell<BTreeMap<(Instant, u64), Box<dyn FnOnce()>>>>,
    puts: Rc<Cell<u64>>,
}

impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, task: DelayedTask) {
        let number = self.puts.replace(self.puts.get() + 1);
        self.tasks.borrow_mut().insert((Instant::now() + task.delay, number), task.action);
    }
}

pub fn event_loop(queue: &TaskQueue) {
    loop {
        let first = queue.tasks.borrow().keys().next().copied();
        let Some((due, _)) = first else { return };
        thread::sleep(due.duration_since(Instant::now()));
        if let Some(first) = queue.tasks.borrow_mut().first_entry() {
            first.remove()();
        }
    }
}
