//! caught by: delays_count_from_put, overdue_tasks_run_late_in_deadline_order, zero_delays_do_not_starve_a_due_timer, some seeds
//! why: Keeps tasks without delay in a queue of their own, and runs it dry before it looks at the timers.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
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
    ready: Rc<RefCell<VecDeque<Box<dyn FnOnce()>>>>,
    tasks: Rc<RefCell<BTreeMap<(Instant, u64), Box<dyn FnOnce()>>>>,
    puts: Rc<Cell<u64>>,
}

impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, task: DelayedTask) {
        if task.delay.is_zero() {
            self.ready.borrow_mut().push_back(task.action);
            return;
        }
        let number = self.puts.replace(self.puts.get() + 1);
        self.tasks.borrow_mut().insert((Instant::now() + task.delay, number), task.action);
    }
}

pub fn event_loop(queue: &TaskQueue) {
    loop {
        let ready = queue.ready.borrow_mut().pop_front();
        if let Some(action) = ready {
            action();
            continue;
        }
        let first = queue.tasks.borrow().keys().next().copied();
        let Some((due, _)) = first else { return };
        thread::sleep(due.duration_since(Instant::now()));
        let first = queue.tasks.borrow_mut().pop_first();
        if let Some((_, action)) = first {
            action();
        }
    }
}
