//! caught by: the_shorter_delay_runs_first, delays_count_from_put, equal_deadlines_run_in_the_order_of_put, the_loop_runs_again_through_any_clone, a_task_puts_one_that_is_due_before_the_others, overdue_tasks_run_late_in_deadline_order, the_loop_sleeps_once_until_the_next_deadline, a_panic_leaves_the_rest_queued, scenario
//! why: Computes until the next task is due. Virtual time stands still meanwhile, so that never comes.

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
        while Instant::now() < due {
            std::hint::spin_loop();
        }
        let first = queue.tasks.borrow_mut().pop_first();
        if let Some((_, action)) = first {
            action();
        }
    }
}
