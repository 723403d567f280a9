//! why: Two stacks in a `Cell`: one to put on, one to take from, refilled in reverse order when it is empty.

use std::cell::Cell;
use std::rc::Rc;

type Stack = Cell<Vec<Box<dyn FnOnce()>>>;

#[derive(Clone, Default)]
pub struct TaskQueue {
    stacks: Rc<(Stack, Stack)>,
}

impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, task: impl FnOnce() + 'static) {
        let mut back = self.stacks.0.take();
        back.push(Box::new(task));
        self.stacks.0.set(back);
    }

    fn take(&self) -> Option<Box<dyn FnOnce()>> {
        let mut front = self.stacks.1.take();
        if front.is_empty() {
            front = self.stacks.0.take();
            front.reverse();
        }
        let task = front.pop();
        self.stacks.1.set(front);
        task
    }
}

pub fn event_loop(queue: &TaskQueue) {
    while let Some(task) = queue.take() {
        task();
    }
}
