//! caught by: a_panic_passes_through_the_loop, a_panic_leaves_the_rest_queued, scenario
//! why: Catches the panic and goes on, so the caller never learns of it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
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
    loop {
        let task = queue.tasks.borrow_mut().pop_front();
        match task {
            Some(task) => {
                let _ = catch_unwind(AssertUnwindSafe(task));
            }
            None => return,
        }
    }
}
