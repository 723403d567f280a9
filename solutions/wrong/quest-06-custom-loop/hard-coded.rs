//! caught by: seeds
//! mistake: hard-coded
//! why: A loop with seven places, as many as the visible tests need: whatever is spawned after that is lost.
//! says: What happens to the eighth task that is spawned on your loop?

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use timeline::sync::{Arc, Mutex};
use timeline::thread::{self, Thread};

pub type Task<T = ()> = Pin<Box<dyn Future<Output = T>>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stalled: {pending} pending, none woken")]
pub struct Stalled {
    pub pending: usize,
}

pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let signal = Arc::new(Signal { woken: AtomicBool::new(false), thread: thread::current() });
    let waker = Waker::from(Arc::clone(&signal));
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        while !signal.woken.swap(false, Ordering::Acquire) {
            thread::park();
        }
    }
}

struct Signal {
    woken: AtomicBool,
    thread: Thread,
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

#[derive(Clone, Default)]
pub struct EventLoop {
    shared: Rc<Shared>,
}

#[derive(Default)]
struct Shared {
    tasks: RefCell<BTreeMap<Id, Spawned>>,
    spawned: Cell<Id>,
    ready: Arc<Ready>,
}

type Id = u64;

struct Spawned {
    task: Task,
    waker: Waker,
}

impl EventLoop {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let id = self.shared.spawned.replace(self.shared.spawned.get() + 1);
        if id >= 7 {
            return;
        }
        let waker = Waker::from(Arc::new(TaskWaker { id, ready: Arc::clone(&self.shared.ready) }));
        let spawned = Spawned { task: Box::pin(task), waker };
        self.shared.tasks.borrow_mut().insert(id, spawned);
        self.shared.ready.push(id);
    }

    pub fn turn(&self) -> usize {
        let mut polled = 0;
        for _ in 0..self.shared.ready.len() {
            let id = self.shared.ready.pop().expect("only a turn takes out, and it counted");
            let task = self.shared.tasks.borrow_mut().remove(&id);
            let Some(mut spawned) = task else { continue };
            polled += 1;
            match spawned.task.as_mut().poll(&mut Context::from_waker(&spawned.waker)) {
                Poll::Ready(()) => drop(spawned),
                Poll::Pending => drop(self.shared.tasks.borrow_mut().insert(id, spawned)),
            }
        }
        polled
    }

    pub fn pending(&self) -> usize {
        self.shared.tasks.borrow().len()
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

#[derive(Default)]
struct Ready(Mutex<Woken>);

#[derive(Default)]
struct Woken {
    order: VecDeque<Id>,
    queued: BTreeSet<Id>,
    parent: Option<Waker>,
}

impl Ready {
    fn push(&self, id: Id) {
        let mut woken = self.0.lock().expect(UNPOISONED);
        if woken.queued.insert(id) {
            woken.order.push_back(id);
            let parent = woken.parent.clone();
            drop(woken);
            if let Some(parent) = parent {
                parent.wake();
            }
        }
    }

    fn pop(&self) -> Option<Id> {
        let mut woken = self.0.lock().expect(UNPOISONED);
        let id = woken.order.pop_front()?;
        woken.queued.remove(&id);
        Some(id)
    }

    fn len(&self) -> usize {
        self.0.lock().expect(UNPOISONED).order.len()
    }

    fn set_parent(&self, parent: &Waker) {
        let old = self.0.lock().expect(UNPOISONED).parent.replace(parent.clone());
        drop(old);
    }
}

const UNPOISONED: &str = "no foreign code runs while the ready queue is locked";

struct TaskWaker {
    id: Id,
    ready: Arc<Ready>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.ready.push(self.id);
    }
}

pub async fn custom_event_loop<T: 'static>(tasks: Vec<Task<T>>) -> Vec<T> {
    let event_loop = EventLoop::new();
    let values: Rc<RefCell<Vec<Option<T>>>> = Rc::new(RefCell::new(tasks.iter().map(|_| None).collect()));
    for (place, task) in tasks.into_iter().enumerate() {
        let values = Rc::clone(&values);
        event_loop.spawn(async move {
            let value = task.await;
            values.borrow_mut()[place] = Some(value);
        });
    }
    poll_fn(|context| {
        event_loop.shared.ready.set_parent(context.waker());
        event_loop.turn();
        if event_loop.pending() == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    values.take().into_iter().map(|value| value.expect("no task is pending, so each has left its value")).collect()
}
