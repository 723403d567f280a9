//! caught by: a_panic_leaves_the_rest_queued, scenario
//! why: Takes the whole queue each round: the order is right, but a panic drops the rest of the round.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

#[derive(Clone, Default)]
pub struct TaskQueue {
    tasks: Rc<RefCell<VecDeque<Box<dyn FnOnce()>>>>,
}

impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, task: impl FnOnce() + 'static) {
        self.tasks.borrow_mut().push_back(Box::new(task));
    }
}

pub fn event_loop(queue: &TaskQueue) {
    while !queue.tasks.borrow().is_empty() {
        let round = queue.tasks.take();
        for task in round {
            task();
        }
    }
}
