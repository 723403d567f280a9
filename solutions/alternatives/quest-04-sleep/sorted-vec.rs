//! why: A vector in deadline order: `put` finds the place behind all that are due no later, so ties need no number.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use timeline::record;
use timeline::sync::{Condvar, Mutex};
use timeline::time::Instant;

pub struct DelayedTask {
    pub delay: Duration,
    pub action: Box<dyn FnOnce()>,
}

pub fn delayed_task(delay: Duration, message: &str) -> DelayedTask {
    let message: Rc<str> = message.into();
    DelayedTask { delay, action: Box::new(move || record("Event loop", message)) }
}

pub fn event_loop_blocking(tasks: Vec<DelayedTask>) {
    let mut due = Instant::now();
    for DelayedTask { delay, action } in tasks {
        due = due.max(Instant::now()) + delay;
        sleep_until(due);
        action();
    }
}

#[derive(Clone)]
pub struct TaskQueue {
    tasks: Rc<RefCell<VecDeque<(Instant, Box<dyn FnOnce()>)>>>,
}

impl Default for TaskQueue {
    fn default() -> Self {
        Self::new()
    }
}

impl TaskQueue {
    pub fn new() -> Self {
        Self { tasks: Rc::new(RefCell::new(VecDeque::new())) }
    }

    pub fn put(&self, task: DelayedTask) {
        let due = Instant::now() + task.delay;
        let mut tasks = self.tasks.borrow_mut();
        let place = tasks.partition_point(|(other, _)| *other <= due);
        tasks.insert(place, (due, task.action));
    }
}

/// Waits with a timeout for something that never comes: another way to sleep.
fn sleep_until(due: Instant) {
    let never = Mutex::new(());
    while Instant::now() < due {
        let guard = never.lock().expect("nobody panics while holding it");
        drop(Condvar::new().wait_timeout(guard, due.duration_since(Instant::now())));
    }
}

pub fn event_loop(queue: &TaskQueue) {
    loop {
        let Some(due) = queue.tasks.borrow().front().map(|(due, _)| *due) else { return };
        sleep_until(due);
        // No other code could put or take meanwhile: there is one thread.
        let Some((_, action)) = queue.tasks.borrow_mut().pop_front() else { return };
        action();
    }
}
