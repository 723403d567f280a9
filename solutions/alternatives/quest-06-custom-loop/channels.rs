//! why: Wakes are messages: a channel is the ready queue, and another one is what `block_on` waits for.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use timeline::sync::mpsc::{Receiver, Sender, channel};
use timeline::sync::{Arc, Mutex};

pub type Task<T = ()> = Pin<Box<dyn Future<Output = T>>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stalled: {pending} pending, none woken")]
pub struct Stalled {
    pub pending: usize,
}

struct Message(Mutex<Sender<()>>);

impl Wake for Message {
    fn wake(self: Arc<Self>) {
        // If the receiver is gone, the future has ended.
        let _ = self.0.lock().unwrap().send(());
    }
}

pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let (wakes, woken) = channel();
    let waker = Waker::from(Arc::new(Message(Mutex::new(wakes))));
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        woken.recv().unwrap();
        // Several wakes, one poll.
        while woken.try_recv().is_ok() {}
    }
}

struct Entry {
    number: u64,
    queued: AtomicBool,
    ready: Mutex<Sender<Arc<Entry>>>,
    above: Arc<Mutex<Option<Waker>>>,
}

impl Wake for Entry {
    fn wake(self: Arc<Self>) {
        if self.queued.swap(true, Ordering::AcqRel) {
            return;
        }
        let this = Arc::clone(&self);
        let _ = self.ready.lock().unwrap().send(this);
        if let Some(above) = &*self.above.lock().unwrap() {
            above.wake_by_ref();
        }
    }
}

#[derive(Clone)]
pub struct EventLoop {
    tasks: Rc<RefCell<HashMap<u64, Task>>>,
    next: Rc<Cell<u64>>,
    wakes: Sender<Arc<Entry>>,
    woken: Rc<Receiver<Arc<Entry>>>,
    above: Arc<Mutex<Option<Waker>>>,
}

impl Default for EventLoop {
    fn default() -> Self {
        let (wakes, woken) = channel();
        Self { tasks: Rc::default(), next: Rc::default(), wakes, woken: Rc::new(woken), above: Arc::default() }
    }
}

impl EventLoop {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let number = self.next.get();
        self.next.set(number + 1);
        self.tasks.borrow_mut().insert(number, Box::pin(task));
        let ready = Mutex::new(self.wakes.clone());
        Arc::new(Entry { number, queued: AtomicBool::new(false), ready, above: Arc::clone(&self.above) }).wake();
    }

    pub fn turn(&self) -> usize {
        let batch: Vec<_> = std::iter::from_fn(|| self.woken.try_recv().ok()).collect();
        batch.into_iter().filter(|entry| self.poll(entry)).count()
    }

    fn poll(&self, entry: &Arc<Entry>) -> bool {
        entry.queued.store(false, Ordering::Release);
        let Some(mut task) = self.tasks.borrow_mut().remove(&entry.number) else { return false };
        let waker = Waker::from(Arc::clone(entry));
        if task.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
            self.tasks.borrow_mut().insert(entry.number, task);
        }
        true
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

/// A future type of its own in place of `poll_fn`.
struct Turns<T> {
    event_loop: EventLoop,
    values: Rc<RefCell<Vec<Option<T>>>>,
}

impl<T> Future for Turns<T> {
    type Output = Vec<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        *self.event_loop.above.lock().unwrap() = Some(context.waker().clone());
        self.event_loop.turn();
        if self.event_loop.pending() > 0 {
            return Poll::Pending;
        }
        Poll::Ready(self.values.take().into_iter().flatten().collect())
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
    Turns { event_loop, values }.await
}
