//! why: As asyncio does it: timers in one place, due tasks moved to a ready queue, which waits in the shared state while a task runs.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
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
    tasks.into_iter().for_each(|DelayedTask { delay, action }| {
        thread::park_timeout(delay);
        action();
    });
}

type Action = Box<dyn FnOnce()>;

#[derive(Default)]
struct State {
    timers: BTreeMap<Instant, Vec<Action>>,
    ready: VecDeque<Action>,
}

impl State {
    /// Moves to the ready queue what is due, behind what became ready before, and returns how long the rest can wait.
    fn turn(&mut self) -> Option<Duration> {
        let now = Instant::now();
        while let Some(timer) = self.timers.first_entry() {
            let missing = timer.key().duration_since(now);
            if missing > Duration::ZERO {
                return Some(missing);
            }
            self.ready.extend(timer.remove());
        }
        None
    }
}

#[derive(Clone, Default)]
pub struct TaskQueue(Rc<RefCell<State>>);

impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, DelayedTask { delay, action }: DelayedTask) {
        self.0.borrow_mut().timers.entry(Instant::now() + delay).or_default().push(action);
    }
}

pub fn event_loop(queue: &TaskQueue) {
    loop {
        let missing = queue.0.borrow_mut().turn();
        let ready = queue.0.borrow_mut().ready.pop_front();
        match (ready, missing) {
            (Some(action), _) => action(),
            (None, Some(missing)) => thread::park_timeout(missing),
            (None, None) => return,
        }
    }
}
