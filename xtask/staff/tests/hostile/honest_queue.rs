#[derive(Clone, Default)]
pub struct TaskQueue {
    tasks: ::std::rc::Rc<::std::cell::RefCell<::std::collections::VecDeque<Box<dyn FnOnce()>>>>,
    used: ::std::rc::Rc<::std::cell::Cell<bool>>,
}

#[allow(dead_code)]
impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, task: impl FnOnce() + 'static) {
        self.used.set(true);
        self.tasks.borrow_mut().push_back(Box::new(task));
    }

    /// Whether nothing was ever put. One test calls the loop then.
    fn is_new(&self) -> bool {
        !self.used.get()
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
