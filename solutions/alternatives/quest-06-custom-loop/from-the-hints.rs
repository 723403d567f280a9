//! why: The program that the hints lead to, word for word.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Wake, Waker};

use timeline::sync::{Arc, Mutex};
use timeline::thread::{self, Thread};

pub type Task<T = ()> = Pin<Box<dyn Future<Output = T>>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stalled: {pending} pending, none woken")]
pub struct Stalled {
    pub pending: usize,
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

#[derive(Default)]
struct Ready {
    queue: VecDeque<u64>,
    above: Option<Waker>,
}

struct TaskWaker {
    number: u64,
    ready: Arc<Mutex<Ready>>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        let mut ready = self.ready.lock().unwrap();
        if !ready.queue.contains(&self.number) {
            ready.queue.push_back(self.number);
        }
        if let Some(above) = &ready.above {
            above.wake_by_ref();
        }
    }
}

#[derive(Clone, Default)]
pub struct EventLoop {
    tasks: Rc<RefCell<BTreeMap<u64, Task>>>,
    next: Rc<Cell<u64>>,
    ready: Arc<Mutex<Ready>>,
}

impl EventLoop {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let number = self.next.get();
        self.next.set(number + 1);
        self.tasks.borrow_mut().insert(number, Box::pin(task));
        self.ready.lock().unwrap().queue.push_back(number);
    }

    pub fn turn(&self) -> usize {
        let mut polled = 0;
        let ready = self.ready.lock().unwrap().queue.len();
        for _ in 0..ready {
            let number = self.ready.lock().unwrap().queue.pop_front().unwrap();
            let task = self.tasks.borrow_mut().remove(&number);
            let Some(mut task) = task else { continue };
            let waker = Waker::from(Arc::new(TaskWaker { number, ready: Arc::clone(&self.ready) }));
            polled += 1;
            if task.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
                self.tasks.borrow_mut().insert(number, task);
            }
        }
        polled
    }

    pub fn pending(&self) -> usize {
        self.tasks.borrow().len()
    }

    pub fn run(&self) -> Result<(), Stalled> {
        while self.pending() > 0 {
            if self.turn() == 0 {
                return Err(Stalled { pending: self.pending() });
            }
        }
        Ok(())
    }
}

pub async fn custom_event_loop<T: 'static>(tasks: Vec<Task<T>>) -> Vec<T> {
    let event_loop = EventLoop::new();
    let values = Rc::new(RefCell::new(Vec::new()));
    for (place, task) in tasks.into_iter().enumerate() {
        values.borrow_mut().push(None);
        let values = Rc::clone(&values);
        event_loop.spawn(async move {
            let value = task.await;
            values.borrow_mut()[place] = Some(value);
        });
    }
    poll_fn(|context| {
        event_loop.ready.lock().unwrap().above = Some(context.waker().clone());
        event_loop.turn();
        if event_loop.pending() == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    values.take().into_iter().map(Option::unwrap).collect()
}
