//! caught by: the_loop_runs_again_through_any_clone
//! why: Every queue of a thread is the same one.

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

#[derive(Clone)]
pub struct TaskQueue {
    tasks: Rc<RefCell<BTreeMap<(Instant, u64), Box<dyn FnOnce()>>>>,
    puts: Rc<Cell<u64>>,
}

thread_local! {
    static QUEUE: TaskQueue = TaskQueue { tasks: Rc::default(), puts: Rc::default() };
}

impl Default for TaskQueue {
    fn default() -> Self {
        Self::new()
    }
}

impl TaskQueue {
    pub fn new() -> Self {
        QUEUE.with(Clone::clone)
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
