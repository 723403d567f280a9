//! why: A plain list of sleeps, searched for the earliest; the thread waits in `park_timeout`; ticks from a running sum.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
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
    let start = Instant::now();
    let (mut tick, mut due) = (0, interval);
    while due <= stop_after {
        tokio::time::sleep(due.saturating_sub(start.elapsed())).await;
        tick += 1;
        record(name, format!("tick {tick}"));
        due += interval;
    }
    Ok(tick)
}

type Task = Pin<Box<dyn Future<Output = ()>>>;

#[derive(Clone, Default)]
pub struct Runtime {
    state: Rc<RefCell<State>>,
    ready: Arc<Mutex<VecDeque<Arc<Ticket>>>>,
}

#[derive(Default)]
struct State {
    /// By number. Empty while a task is polled and after its end.
    tasks: Vec<Option<Task>>,
    unfinished: usize,
    sleeps: Vec<(Instant, Waker)>,
}

struct Ticket {
    index: usize,
    queued: AtomicBool,
    ready: Arc<Mutex<VecDeque<Arc<Ticket>>>>,
}

impl Wake for Ticket {
    fn wake(self: Arc<Self>) {
        if !self.queued.swap(true, Ordering::SeqCst) {
            let ready = Arc::clone(&self.ready);
            ready.lock().unwrap().push_back(self);
        }
    }
}

impl Runtime {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let mut state = self.state.borrow_mut();
        let index = state.tasks.len();
        state.tasks.push(Some(Box::pin(task)));
        state.unfinished += 1;
        drop(state);
        Arc::new(Ticket { index, queued: AtomicBool::new(false), ready: Arc::clone(&self.ready) }).wake();
    }

    pub fn sleep(&self, duration: Duration) -> Sleep {
        Sleep { until: Instant::now() + duration, runtime: self.clone(), left: None }
    }

    pub fn spawn_periodic(&self, interval: Duration, name: &str, stop_after: Duration) -> Result<(), ZeroInterval> {
        if interval.is_zero() {
            return Err(ZeroInterval);
        }
        let (runtime, name) = (self.clone(), name.to_owned());
        self.spawn(async move {
            let mut due = Instant::now();
            let end = due + stop_after;
            for tick in 1.. {
                due += interval;
                if due > end {
                    break;
                }
                Sleep { until: due, runtime: runtime.clone(), left: None }.await;
                record(&name, format!("tick {tick}"));
            }
        });
        Ok(())
    }

    pub fn run(&self) -> Result<(), Stalled> {
        loop {
            let next = self.wake_sleepers();
            if self.state.borrow().unfinished == 0 {
                return Ok(());
            }
            let ready: Vec<_> = {
                let queue = self.ready.lock().unwrap();
                queue.iter().cloned().collect()
            };
            match next {
                _ if !ready.is_empty() => {}
                Some(next) => {
                    while Instant::now() < next {
                        thread::park_timeout(next.saturating_duration_since(Instant::now()));
                    }
                }
                None => return Err(Stalled { pending: self.state.borrow().unfinished }),
            }
            for ticket in ready {
                self.ready.lock().unwrap().pop_front();
                ticket.queued.store(false, Ordering::SeqCst);
                self.poll(ticket);
            }
        }
    }

    fn poll(&self, ticket: Arc<Ticket>) {
        let index = ticket.index;
        let Some(mut task) = self.state.borrow_mut().tasks[index].take() else { return };
        let waker = Waker::from(ticket);
        if task.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
            self.state.borrow_mut().tasks[index] = Some(task);
        } else {
            self.state.borrow_mut().unfinished -= 1;
        }
    }

    fn wake_sleepers(&self) -> Option<Instant> {
        loop {
            let first =
                self.state.borrow().sleeps.iter().enumerate().min_by_key(|(_, sleep)| sleep.0).map(|(at, _)| at)?;
            let until = self.state.borrow().sleeps[first].0;
            if until > Instant::now() {
                return Some(until);
            }
            let (_, waker) = self.state.borrow_mut().sleeps.remove(first);
            waker.wake();
        }
    }
}

pub struct Sleep {
    until: Instant,
    runtime: Runtime,
    /// The waker that it has left in the list.
    left: Option<Waker>,
}

impl Sleep {
    fn take_back(&mut self) {
        if let Some(waker) = self.left.take() {
            let sleeps = &mut self.runtime.state.borrow_mut().sleeps;
            let place = sleeps.iter().position(|(until, other)| *until == self.until && other.will_wake(&waker));
            place.map(|place| sleeps.remove(place));
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.take_back();
        if Instant::now() >= self.until {
            return Poll::Ready(());
        }
        self.left = Some(context.waker().clone());
        self.runtime.state.borrow_mut().sleeps.push((self.until, context.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.take_back();
    }
}
