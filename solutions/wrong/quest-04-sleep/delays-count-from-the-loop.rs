//! caught by: delays_count_from_put, equal_deadlines_run_in_the_order_of_put, scenario
//! why: A delay begins when the loop first sees the task, not when the task is put.

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
    new: Rc<RefCell<Vec<DelayedTask>>>,
    tasks: Rc<RefCell<BTreeMap<(Instant, u64), Box<dyn FnOnce()>>>>,
    puts: Rc<Cell<u64>>,
}

impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, task: DelayedTask) {
        self.new.borrow_mut().push(task);
    }
}

pub fn event_loop(queue: &TaskQueue) {
    loop {
        for task in queue.new.take() {
            let number = queue.puts.replace(queue.puts.get() + 1);
            queue.tasks.borrow_mut().insert((Instant::now() + task.delay, number), task.action);
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
