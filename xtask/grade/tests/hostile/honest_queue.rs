#[derive(Clone, Default)]
pub struct TaskQueue {
    tasks: ::std::rc::Rc<::std::cell::RefCell<::std::collections::VecDeque<Box<dyn FnOnce()>>>>,
}

#[allow(dead_code)]
impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, task: impl FnOnce() + 'static) {
        self.tasks.borrow_mut().push_back(Box::new(task));
    }

    fn is_empty(&self) -> bool {
        self.tasks.borrow().is_empty()
    }

    fn run(&self) {
        loop {
            let task = self.tasks.borrow_mut().pop_front();
            match task {
                Some(task) => task(),
                None => return,
            }
        }
    }
}
