//! caught by: seeds
//! mistake: hard-coded
//! why: Recognises the delays of the visible tests and replays which one runs when; it knows nothing of deadlines.
//! says: How would your loop find the next task among delays that it has never seen?

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use timeline::{record, thread};

/// For each list of delays, and how many tasks have run: which task comes next, and after how many milliseconds.
const REPLAYS: &[(&str, &[(usize, u64)])] = &[
    ("1000 2000 1000/0", &[(0, 1000)]),
    ("1000 2000 1000/1", &[(2, 0), (1, 500)]),
    ("3000 1000/0", &[(1, 1000), (3, 500), (4, 0), (0, 1500), (2, 2000)]),
    ("3000 1000 1000 0/0", &[(1, 0), (3, 0), (2, 1000), (0, 500)]),
    (
        "1000 1000 1000 1000 600 600 600 100 100/0",
        &[(0, 100), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0)],
    ),
    ("900 2000 300 600 100/0", &[(4, 100), (2, 0), (3, 0), (0, 0), (5, 0), (1, 900)]),
    ("37 20 20 86/0", &[(1, 0), (2, 0), (0, 0)]),
    ("37 20 20 86 100 20 20 100/3", &[(3, 2)]),
    ("37 20 20 86 100 20 20 100/4", &[(5, 8)]),
    ("37 20 20 86 100 20 20 100 20 0/5", &[(9, 0)]),
    ("37 20 20 86 100 20 20 100 20 0/6", &[(6, 0)]),
    ("37 20 20 86 100 20 20 100 20 0/7", &[(8, 0), (4, 0), (7, 0)]),
    ("17 20/0", &[(0, 17), (1, 3), (2, 0)]),
    ("1000 500/0", &[(1, 500), (0, 500)]),
    ("1000 500 500/2", &[(2, 500)]),
    ("0/0", &[(0, 0)]),
    ("1000 86400000/0", &[(0, 1000), (1, 86399000)]),
    ("3000 2000 0/0", &[(2, 0), (1, 2000), (0, 1000)]),
    (
        "500 750 0/0",
        &[(2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (0, 0), (7, 0), (8, 0), (9, 0), (1, 0), (10, 0), (11, 0)],
    ),
];

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

type Tasks = Vec<(Duration, Option<Box<dyn FnOnce()>>)>;

#[derive(Clone, Default)]
pub struct TaskQueue {
    tasks: Rc<RefCell<Tasks>>,
}

impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, task: DelayedTask) {
        self.tasks.borrow_mut().push((task.delay, Some(task.action)));
    }

    /// All delays that were put so far, and how many of the tasks have run.
    fn key(&self) -> String {
        let tasks = self.tasks.borrow();
        let delays: Vec<_> = tasks.iter().map(|(delay, _)| delay.as_millis().to_string()).collect();
        let ran = tasks.iter().filter(|(_, action)| action.is_none()).count();
        format!("{}/{ran}", delays.join(" "))
    }
}

pub fn event_loop(queue: &TaskQueue) {
    let key = queue.key();
    let replay = REPLAYS.iter().find(|(known, _)| *known == key).map_or(&[][..], |(_, replay)| *replay);
    for &(index, wait) in replay {
        let action = queue.tasks.borrow_mut()[index].1.take();
        thread::sleep(Duration::from_millis(wait));
        if let Some(action) = action {
            action();
        }
    }
}
