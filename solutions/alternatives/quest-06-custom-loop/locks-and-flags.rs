//! why: `block_on` waits on a condition variable; the queue holds the wakers themselves, each with a flag; two loops.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use timeline::sync::{Arc, Condvar, Mutex};

pub type Task<T = ()> = Pin<Box<dyn Future<Output = T>>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stalled: {pending} pending, none woken")]
pub struct Stalled {
    pub pending: usize,
}

#[derive(Default)]
struct Gate {
    open: Mutex<bool>,
    changed: Condvar,
}

impl Wake for Gate {
    fn wake(self: Arc<Self>) {
        *self.open.lock().unwrap() = true;
        self.changed.notify_one();
    }
}

pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let gate = Arc::new(Gate::default());
    let waker = Waker::from(Arc::clone(&gate));
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        let mut open = gate.open.lock().unwrap();
        while !*open {
            open = gate.changed.wait(open).unwrap();
        }
        *open = false;
    }
}

#[derive(Default)]
struct Shared {
    queue: Mutex<VecDeque<Arc<Ticket>>>,
    above: Mutex<Option<Waker>>,
}

struct Ticket {
    index: usize,
    queued: AtomicBool,
    shared: Arc<Shared>,
}

impl Ticket {
    fn new(index: usize, shared: &Arc<Shared>) -> Arc<Self> {
        Arc::new(Self { index, queued: AtomicBool::new(false), shared: Arc::clone(shared) })
    }
}

impl Wake for Ticket {
    fn wake(self: Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            let shared = Arc::clone(&self.shared);
            shared.queue.lock().unwrap().push_back(self);
            let above = shared.above.lock().unwrap().clone();
            if let Some(above) = above {
                above.wake();
            }
        }
    }
}

/// Grows with each task ever spawned, which a long-lived loop could not afford.
#[derive(Clone, Default)]
pub struct EventLoop {
    tasks: Rc<RefCell<Vec<Option<Task>>>>,
    unfinished: Rc<Cell<usize>>,
    shared: Arc<Shared>,
}

impl EventLoop {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let index = self.tasks.borrow().len();
        self.tasks.borrow_mut().push(Some(Box::pin(task)));
        self.unfinished.set(self.unfinished.get() + 1);
        Ticket::new(index, &self.shared).wake();
    }

    pub fn turn(&self) -> usize {
        let ready = self.shared.queue.lock().unwrap().len();
        let mut polled = 0;
        for _ in 0..ready {
            let Some(ticket) = self.shared.queue.lock().unwrap().pop_front() else { break };
            ticket.queued.store(false, Ordering::Release);
            let index = ticket.index;
            let Some(mut task) = self.tasks.borrow_mut()[index].take() else { continue };
            polled += 1;
            let waker = Waker::from(ticket);
            if task.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
                self.tasks.borrow_mut()[index] = Some(task);
            } else {
                self.unfinished.set(self.unfinished.get() - 1);
            }
        }
        polled
    }

    pub fn pending(&self) -> usize {
        self.unfinished.get()
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

/// What became of a task.
enum Slot<T> {
    Running(Task<T>),
    Done(T),
}

pub async fn custom_event_loop<T: 'static>(tasks: Vec<Task<T>>) -> Vec<T> {
    let shared = Arc::new(Shared::default());
    for index in 0..tasks.len() {
        Ticket::new(index, &shared).wake();
    }
    let mut slots: Vec<Slot<T>> = tasks.into_iter().map(Slot::Running).collect();
    poll_fn(|context| {
        *shared.above.lock().unwrap() = Some(context.waker().clone());
        let ready = shared.queue.lock().unwrap().len();
        for _ in 0..ready {
            let Some(ticket) = shared.queue.lock().unwrap().pop_front() else { break };
            ticket.queued.store(false, Ordering::Release);
            let slot = &mut slots[ticket.index];
            if let Slot::Running(task) = slot {
                let waker = Waker::from(ticket);
                if let Poll::Ready(value) = task.as_mut().poll(&mut Context::from_waker(&waker)) {
                    *slot = Slot::Done(value);
                }
            }
        }
        let done = slots.iter().all(|slot| matches!(slot, Slot::Done(_)));
        if done { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    let value = |slot| match slot {
        Slot::Done(value) => value,
        Slot::Running(_) => unreachable!("all are done"),
    };
    slots.into_iter().map(value).collect()
}
