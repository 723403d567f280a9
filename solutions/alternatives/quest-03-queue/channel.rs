//! why: An unbounded channel is a queue, too, as long as the loop asks it without waiting.

use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};

#[derive(Clone)]
pub struct TaskQueue {
    front: Rc<Receiver<Box<dyn FnOnce()>>>,
    back: Sender<Box<dyn FnOnce()>>,
}

impl Default for TaskQueue {
    fn default() -> Self {
        let (back, front) = channel();
        Self { front: Rc::new(front), back }
    }
}

impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, task: impl FnOnce() + 'static) {
        self.back.send(Box::new(task)).expect("the receiver lives as long as the handle");
    }
}

pub fn event_loop(queue: &TaskQueue) {
    while let Ok(task) = queue.front.try_recv() {
        task();
    }
}
