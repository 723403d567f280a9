//! caught by: event_loop_blocking_takes_the_sum, some seeds
//! why: The first try is run by deadlines too: the delays overlap, where they should add up.

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
    let queue = TaskQueue::new();
    for task in tasks {
        queue.put(task);
    }
    event_loop(&queue);
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
        let first = queue.tasks.borrow_mut().pop_first();
        if let Some((_, action)) = first {
            action();
        }
    }
}
