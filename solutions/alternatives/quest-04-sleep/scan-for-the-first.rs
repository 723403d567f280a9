//! why: No order at all: a plain vector, searched each time for the first of the earliest deadlines.

use std::cell::Cell;
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

pub fn event_loop_blocking(mut tasks: Vec<DelayedTask>) {
    tasks.reverse();
    while let Some(task) = tasks.pop() {
        thread::sleep(task.delay);
        (task.action)();
    }
}

#[derive(Clone, Default)]
pub struct TaskQueue {
    tasks: Rc<Cell<Vec<(Instant, Box<dyn FnOnce()>)>>>,
}

impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, task: DelayedTask) {
        let mut tasks = self.tasks.take();
        tasks.push((Instant::now() + task.delay, task.action));
        self.tasks.set(tasks);
    }

    fn take_first(&self) -> Option<(Instant, Box<dyn FnOnce()>)> {
        let mut tasks = self.tasks.take();
        // `min_by_key` finds the first of several least ones, and `remove` keeps the order of the rest.
        let first = (0..tasks.len()).min_by_key(|&index| tasks[index].0).map(|index| tasks.remove(index));
        self.tasks.set(tasks);
        first
    }
}

pub fn event_loop(queue: &TaskQueue) {
    while let Some((due, action)) = queue.take_first() {
        if let Some(missing) = due.checked_duration_since(Instant::now()) {
            thread::sleep(missing);
        }
        action();
    }
}
