//! why: A binary heap of all sleeps ever made, dead ones skipped; a flag ends a sleep; tokio's `interval_at` counts the ticks.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::rc::{Rc, Weak};
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
    let count = u32::try_from(stop_after.as_nanos() / interval.as_nanos()).unwrap();
    if count > 0 {
        // By default its policy for missed ticks is `Burst`: each is made up for, none is moved.
        let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + interval, interval);
        for tick in 1..=count {
            ticks.tick().await;
            record(name, format!("tick {tick}"));
        }
    }
    Ok(count)
}

#[derive(Clone, Default)]
pub struct Runtime(Rc<Inner>);

#[derive(Default)]
struct Inner {
    tasks: RefCell<HashMap<usize, Pin<Box<dyn Future<Output = ()>>>>>,
    spawned: Cell<usize>,
    ready: Arc<Mutex<VecDeque<usize>>>,
    timers: RefCell<BinaryHeap<Reverse<Timer>>>,
    made: Cell<usize>,
}

/// Compared by deadline, then by number.
struct Timer {
    deadline: Instant,
    number: usize,
    state: Weak<State>,
}

impl PartialEq for Timer {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Timer {}

impl PartialOrd for Timer {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timer {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.deadline, self.number).cmp(&(other.deadline, other.number))
    }
}

#[derive(Default)]
struct State {
    over: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

struct Entry {
    number: usize,
    ready: Arc<Mutex<VecDeque<usize>>>,
}

impl Wake for Entry {
    fn wake(self: Arc<Self>) {
        let mut ready = self.ready.lock().unwrap();
        if !ready.contains(&self.number) {
            ready.push_back(self.number);
        }
    }
}

impl Runtime {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let number = self.0.spawned.get();
        self.0.spawned.set(number + 1);
        self.0.tasks.borrow_mut().insert(number, Box::pin(task));
        self.0.ready.lock().unwrap().push_back(number);
    }

    pub fn sleep(&self, duration: Duration) -> Sleep {
        let state = Rc::new(State::default());
        let number = self.0.made.get();
        self.0.made.set(number + 1);
        let timer = Timer { deadline: Instant::now() + duration, number, state: Rc::downgrade(&state) };
        self.0.timers.borrow_mut().push(Reverse(timer));
        Sleep { state }
    }

    pub fn spawn_periodic(&self, interval: Duration, name: &str, stop_after: Duration) -> Result<(), ZeroInterval> {
        if interval.is_zero() {
            return Err(ZeroInterval);
        }
        let (runtime, name) = (self.clone(), name.to_string());
        self.spawn(async move {
            let count = u32::try_from(stop_after.as_nanos() / interval.as_nanos()).unwrap();
            let start = Instant::now();
            for tick in 1..=count {
                let passed = start.elapsed();
                if interval * tick > passed {
                    runtime.sleep(interval * tick - passed).await;
                }
                record(&name, format!("tick {tick}"));
            }
        });
        Ok(())
    }

    pub fn run(&self) -> Result<(), Stalled> {
        while !self.0.tasks.borrow().is_empty() {
            let next = self.fire();
            let turn = self.0.ready.lock().unwrap().len();
            if turn == 0 {
                let pending = self.0.tasks.borrow().len();
                let Some(next) = next else { return Err(Stalled { pending }) };
                thread::sleep(next.duration_since(Instant::now()));
            }
            for _ in 0..turn {
                let number = self.0.ready.lock().unwrap().pop_front().unwrap();
                let Some(mut task) = self.0.tasks.borrow_mut().remove(&number) else { continue };
                let waker = Waker::from(Arc::new(Entry { number, ready: Arc::clone(&self.0.ready) }));
                if task.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
                    self.0.tasks.borrow_mut().insert(number, task);
                }
            }
        }
        Ok(())
    }

    /// Ends the sleeps whose time has come. Returns the deadline of the first of the others.
    fn fire(&self) -> Option<Instant> {
        loop {
            let Reverse(first) = self.0.timers.borrow_mut().pop()?;
            let Some(state) = first.state.upgrade() else { continue };
            if first.deadline > Instant::now() {
                let deadline = first.deadline;
                self.0.timers.borrow_mut().push(Reverse(first));
                return Some(deadline);
            }
            state.over.set(true);
            let waker = state.waker.take();
            waker.inspect(Waker::wake_by_ref);
        }
    }
}

pub struct Sleep {
    state: Rc<State>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.state.over.get() {
            return Poll::Ready(());
        }
        *self.state.waker.borrow_mut() = Some(context.waker().clone());
        Poll::Pending
    }
}
