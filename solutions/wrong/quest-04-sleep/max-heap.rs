//! caught by: the_shorter_delay_runs_first, delays_count_from_put, equal_deadlines_run_in_the_order_of_put, the_loop_runs_again_through_any_clone, a_task_puts_one_that_is_due_before_the_others, overdue_tasks_run_late_in_deadline_order, zero_delays_do_not_starve_a_due_timer, the_loop_sleeps_once_until_the_next_deadline, a_panic_leaves_the_rest_queued, scenario
//! why: The heap hands out its greatest entry, and nobody has turned the order around: the latest task runs first.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
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

struct Entry {
    due: Instant,
    number: u64,
    action: Box<dyn FnOnce()>,
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.due, self.number).cmp(&(other.due, other.number))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Entry {}

#[derive(Clone, Default)]
pub struct TaskQueue {
    tasks: Rc<RefCell<BinaryHeap<Entry>>>,
    puts: Rc<Cell<u64>>,
}

impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, task: DelayedTask) {
        let number = self.puts.replace(self.puts.get() + 1);
        self.tasks.borrow_mut().push(Entry { due: Instant::now() + task.delay, number, action: task.action });
    }
}

pub fn event_loop(queue: &TaskQueue) {
    loop {
        let first = queue.tasks.borrow_mut().pop();
        let Some(first) = first else { return };
        thread::sleep(first.due.duration_since(Instant::now()));
        (first.action)();
    }
}
