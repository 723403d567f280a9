//! caught by: a_task_puts_one_that_is_due_before_the_others, zero_delays_do_not_starve_a_due_timer, a_panic_leaves_the_rest_queued, scenario
//! why: Takes the next task out before it runs the present one, which may put another that is due before.

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
    let mut next = queue.tasks.borrow_mut().pop_first();
    while let Some(((due, _), action)) = next {
        next = queue.tasks.borrow_mut().pop_first();
        thread::sleep(due.duration_since(Instant::now()));
        action();
        if next.is_none() {
            next = queue.tasks.borrow_mut().pop_first();
        }
    }
}
