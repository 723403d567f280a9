//! why: The program that the hints lead to, word for word.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
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
    if interval == Duration::ZERO {
        return Err(ZeroInterval);
    }
    let start = tokio::time::Instant::now();
    let mut ticks = 0;
    let mut due = interval;
    while due <= stop_after {
        tokio::time::sleep_until(start + due).await;
        ticks += 1;
        record(name, format!("tick {ticks}"));
        due += interval;
    }
    Ok(ticks)
}

type Task = Pin<Box<dyn Future<Output = ()>>>;

struct TaskWaker {
    number: u64,
    ready: Arc<Mutex<VecDeque<u64>>>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        let mut ready = self.ready.lock().unwrap();
        if !ready.contains(&self.number) {
            ready.push_back(self.number);
        }
    }
}

#[derive(Clone, Default)]
pub struct Runtime {
    tasks: Rc<RefCell<BTreeMap<u64, Task>>>,
    next: Rc<Cell<u64>>,
    ready: Arc<Mutex<VecDeque<u64>>>,
    sleeps: Rc<RefCell<BTreeMap<(Instant, u64), Waker>>>,
}

impl Runtime {
    pub fn new() -> Self {
        Self::default()
    }

    fn number(&self) -> u64 {
        self.next.set(self.next.get() + 1);
        self.next.get()
    }

    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let number = self.number();
        self.tasks.borrow_mut().insert(number, Box::pin(task));
        self.ready.lock().unwrap().push_back(number);
    }

    pub fn sleep(&self, duration: Duration) -> Sleep {
        Sleep { key: (Instant::now() + duration, self.number()), runtime: self.clone() }
    }

    pub fn spawn_periodic(&self, interval: Duration, name: &str, stop_after: Duration) -> Result<(), ZeroInterval> {
        if interval == Duration::ZERO {
            return Err(ZeroInterval);
        }
        let (runtime, name) = (self.clone(), name.to_owned());
        self.spawn(async move {
            let start = Instant::now();
            let mut ticks = 0;
            let mut due = interval;
            while due <= stop_after {
                runtime.sleep(due.saturating_sub(start.elapsed())).await;
                ticks += 1;
                record(&name, format!("tick {ticks}"));
                due += interval;
            }
        });
        Ok(())
    }

    pub fn run(&self) -> Result<(), Stalled> {
        loop {
            self.wake_sleepers();
            let polled = self.turn();
            let pending = self.tasks.borrow().len();
            if pending == 0 {
                return Ok(());
            }
            if polled == 0 {
                let first = self.sleeps.borrow().keys().next().copied();
                match first {
                    Some((deadline, _)) => thread::sleep(deadline.saturating_duration_since(Instant::now())),
                    None => return Err(Stalled { pending }),
                }
            }
        }
    }

    fn wake_sleepers(&self) {
        let now = Instant::now();
        loop {
            let first = self.sleeps.borrow().keys().next().copied();
            match first {
                Some(key) if key.0 <= now => {
                    let waker = self.sleeps.borrow_mut().remove(&key);
                    waker.unwrap().wake();
                }
                _ => return,
            }
        }
    }

    fn turn(&self) -> usize {
        let mut polled = 0;
        let ready = self.ready.lock().unwrap().len();
        for _ in 0..ready {
            let number = self.ready.lock().unwrap().pop_front().unwrap();
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
}

pub struct Sleep {
    key: (Instant, u64),
    runtime: Runtime,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.key.0 <= Instant::now() {
            return Poll::Ready(());
        }
        self.runtime.sleeps.borrow_mut().insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.runtime.sleeps.borrow_mut().remove(&self.key);
    }
}
