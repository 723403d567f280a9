//! caught by: seeds
//! mistake: hard-coded
//! why: Knows the times of at most eleven ticks, as many as the visible tests want.
//! says: How many ticks can your program make? Does that number follow from the interval and the end alone?

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::Future;
use std::iter;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Wake, Waker};

use timeline::sync::{Arc, Mutex};
use timeline::time::{Duration, Instant};
use timeline::{record, thread};

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the interval is zero")]
pub struct ZeroInterval;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stalled: {pending} pending, none woken, no sleep ahead")]
pub struct Stalled {
    pub pending: usize,
}

pub async fn periodic_task(interval: Duration, name: &str, stop_after: Duration) -> Result<u32, ZeroInterval> {
    if interval.is_zero() {
        return Err(ZeroInterval);
    }
    let start = tokio::time::Instant::now();
    let mut ticks = 0;
    for due in due_times(interval, stop_after) {
        tokio::time::sleep_until(start + due).await;
        ticks += 1;
        record(name, format_args!("tick {ticks}"));
    }
    Ok(ticks)
}

fn due_times(interval: Duration, stop_after: Duration) -> impl Iterator<Item = Duration> {
    iter::successors(Some(interval), move |due| due.checked_add(interval))
        .take_while(move |due| *due <= stop_after)
        .take(11)
}

#[derive(Clone, Default)]
pub struct Runtime {
    shared: Rc<Shared>,
}

#[derive(Default)]
struct Shared {
    tasks: RefCell<BTreeMap<Id, Spawned>>,
    numbers: Cell<Id>,
    ready: Arc<Ready>,
    sleeps: RefCell<BTreeMap<Deadline, Waker>>,
}

type Id = u64;

type Deadline = (Instant, Id);

struct Spawned {
    task: Pin<Box<dyn Future<Output = ()>>>,
    waker: Waker,
}

impl Runtime {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let id = self.shared.next_number();
        let waker = Waker::from(Arc::new(TaskWaker { id, ready: Arc::clone(&self.shared.ready) }));
        let spawned = Spawned { task: Box::pin(task), waker };
        self.shared.tasks.borrow_mut().insert(id, spawned);
        self.shared.ready.push(id);
    }

    pub fn sleep(&self, duration: Duration) -> Sleep {
        let deadline = (Instant::now() + duration, self.shared.next_number());
        Sleep { deadline, shared: Rc::clone(&self.shared) }
    }

    pub fn spawn_periodic(&self, interval: Duration, name: &str, stop_after: Duration) -> Result<(), ZeroInterval> {
        if interval.is_zero() {
            return Err(ZeroInterval);
        }
        let (runtime, name) = (self.clone(), name.to_owned());
        self.spawn(async move {
            let start = Instant::now();
            for (tick, due) in (1_u32..).zip(due_times(interval, stop_after)) {
                runtime.sleep(due.saturating_sub(start.elapsed())).await;
                record(&name, format_args!("tick {tick}"));
            }
        });
        Ok(())
    }

    pub fn run(&self) -> Result<(), Stalled> {
        loop {
            self.shared.wake_sleepers();
            let polled = self.shared.turn();
            let pending = self.shared.tasks.borrow().len();
            if pending == 0 {
                return Ok(());
            }
            if polled == 0 {
                let deadline = self.shared.next_deadline().ok_or(Stalled { pending })?;
                thread::sleep(deadline.saturating_duration_since(Instant::now()));
            }
        }
    }
}

impl Shared {
    fn next_number(&self) -> Id {
        self.numbers.replace(self.numbers.get() + 1)
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.sleeps.borrow().first_key_value().map(|((instant, _), _)| *instant)
    }

    fn wake_sleepers(&self) {
        let now = Instant::now();
        while self.next_deadline().is_some_and(|deadline| deadline <= now) {
            let first = self.sleeps.borrow_mut().pop_first();
            if let Some((_, waker)) = first {
                waker.wake();
            }
        }
    }

    fn turn(&self) -> usize {
        let mut polled = 0;
        for _ in 0..self.ready.len() {
            let id = self.ready.pop().expect("only a turn takes out, and it counted");
            let task = self.tasks.borrow_mut().remove(&id);
            let Some(mut spawned) = task else { continue };
            polled += 1;
            match spawned.task.as_mut().poll(&mut Context::from_waker(&spawned.waker)) {
                Poll::Ready(()) => drop(spawned),
                Poll::Pending => drop(self.tasks.borrow_mut().insert(id, spawned)),
            }
        }
        polled
    }
}

#[derive(Default)]
struct Ready(Mutex<Woken>);

#[derive(Default)]
struct Woken {
    order: VecDeque<Id>,
    queued: BTreeSet<Id>,
}

impl Ready {
    fn push(&self, id: Id) {
        let mut woken = self.0.lock().expect(UNPOISONED);
        if woken.queued.insert(id) {
            woken.order.push_back(id);
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

pub struct Sleep {
    deadline: Deadline,
    shared: Rc<Shared>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let (instant, _) = self.deadline;
        if instant <= Instant::now() {
            return Poll::Ready(());
        }
        let old = self.shared.sleeps.borrow_mut().insert(self.deadline, context.waker().clone());
        drop(old);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        let waker = self.shared.sleeps.borrow_mut().remove(&self.deadline);
        drop(waker);
    }
}
