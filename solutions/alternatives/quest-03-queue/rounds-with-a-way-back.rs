//! why: Takes whole rounds, and a guard puts what is left of a round back in front when a task panics.

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
    loop {
        let mut round = Round { queue, tasks: queue.tasks.take() };
        if round.tasks.is_empty() {
            return;
        }
        while let Some(task) = round.tasks.pop_front() {
            task();
        }
    }
}

struct Round<'a> {
    queue: &'a TaskQueue,
    tasks: VecDeque<Box<dyn FnOnce()>>,
}

impl Drop for Round<'_> {
    fn drop(&mut self) {
        let mut later = self.queue.tasks.borrow_mut();
        self.tasks.append(&mut later);
        std::mem::swap(&mut *later, &mut self.tasks);
    }
}
