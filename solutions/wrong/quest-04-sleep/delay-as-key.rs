//! caught by: delays_count_from_put, equal_deadlines_run_in_the_order_of_put, overdue_tasks_run_late_in_deadline_order, zero_delays_do_not_starve_a_due_timer, scenario
//! why: Orders the tasks by their delays in place of their deadlines: the same only while all are put at once.

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
    tasks: Rc<RefCell<BTreeMap<(Duration, u64), (Instant, Box<dyn FnOnce()>)>>>,
    puts: Rc<Cell<u64>>,
}

impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, task: DelayedTask) {
        let number = self.puts.replace(self.puts.get() + 1);
        self.tasks.borrow_mut().insert((task.delay, number), (Instant::now() + task.delay, task.action));
    }
}

pub fn event_loop(queue: &TaskQueue) {
    loop {
        let first = queue.tasks.borrow().values().next().map(|(due, _)| *due);
        let Some(due) = first else { return };
        thread::sleep(due.duration_since(Instant::now()));
        let first = queue.tasks.borrow_mut().pop_first();
        if let Some((_, (_, action))) = first {
            action();
        }
    }
}
