//! Quest 7: Periodic tasks, and a runtime of your own.
//!
//! # Why it works
//!
//! A tick is due at a multiple of the interval after the start, and that is a *time*, not a distance from the tick
//! before. So `due_times` lists the times first: `interval`, twice the interval, … as long as they are no later than
//! `stop_after`. The task waits for one after the other. A time that has passed needs no waiting, so missed ticks are
//! caught up at once, each of them. The list ends with the last tick that is due, so the task returns with it. And
//! whatever made a tick late does not enter the sum.
//!
//! `Runtime` is quest 6's queue and quest 4's deadlines in one loop, and its `run` is the whole idea of a runtime:
//!
//! 1. wake the tasks whose sleeps are over;
//! 2. poll, once each, the tasks that are ready;
//! 3. if there were none, sleep until the next deadline; if there is no deadline either, no task will ever be woken.
//!
//! The clock is looked at before *each* turn, not only when the queue is empty. That is why a task that is always
//! ready cannot keep a sleep from ending.
//!
//! A sleep stores its deadline when it is made, and no duration. It is in the map of sleeps only while a task waits for
//! it: each poll puts it in with the waker of that poll, so the newest waker is the one that is woken. Dropping it
//! takes it out. The key of the map is the deadline and a number. So the map is sorted by deadline, two sleeps of one
//! deadline do not replace each other, and they end in the order in which they were made.
//!
//! # What goes wrong otherwise
//!
//! - *`loop { sleep(interval).await; tick() }`.* Each tick is due one interval after the last one *was done*, so every
//!   delay stays in the sum forever. After an hour of small delays the clock is off by seconds.
//! - *A tick at 0.* `tokio::time::interval` does that: its first tick is at once.
//! - *Looking for the end after the sleep.* The task returns an interval late, or with a tick too many.
//! - *Looking at the clock only when no task is ready.* With one busy task, no sleep ever ends.
//! - *A runtime that sleeps 1 ms at a time and looks around.* It wakes the processor a thousand times a second to find
//!   that nothing has happened.
//! - *Storing the waker of the first poll.* `select!` and `join!` hand futures from task to task.

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

/// The interval is zero: the next tick would never be later than the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the interval is zero")]
pub struct ZeroInterval;

/// Tasks are pending, none of them has been woken, and no sleep will wake one. On one thread, nothing ever will.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stalled: {pending} pending, none woken, no sleep ahead")]
pub struct Stalled {
    /// How many tasks have not finished.
    pub pending: usize,
}

/// Ticks on tokio's clock, and returns the number of ticks right after the last one.
///
/// The ticks are due at `interval`, 2 · `interval`, 3 · `interval`, … after the first poll. Every tick that is due no
/// later than `stop_after` is recorded, under `name`: `tick 1`, `tick 2`, … A late tick is recorded as soon as
/// possible, and the next is due when it would have been due anyway. If several are late, each of them is recorded. If
/// the first tick would be due after `stop_after`, returns 0 at once.
///
/// # Errors
///
/// `ZeroInterval`, at once, if the interval is zero. Then nothing is recorded.
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

/// When the ticks are due, counted from the start.
fn due_times(interval: Duration, stop_after: Duration) -> impl Iterator<Item = Duration> {
    iter::successors(Some(interval), move |due| due.checked_add(interval)).take_while(move |due| *due <= stop_after)
}

/// A handle to a runtime of your own: tasks, a queue of those that are ready, and the deadlines of those that sleep.
///
/// It is for one thread: its tasks are woken by each other and by its sleeps. A clone is another handle to the same
/// runtime. `Runtime::default()` is a new runtime, as `Runtime::new()` is.
#[derive(Clone, Default)]
pub struct Runtime {
    shared: Rc<Shared>,
}

/// What all handles to one runtime share.
#[derive(Default)]
struct Shared {
    /// The tasks that have not finished, without the one that is being polled.
    tasks: RefCell<BTreeMap<Id, Spawned>>,
    /// How many tasks and sleeps there ever were, which is the next one's number.
    numbers: Cell<Id>,
    /// Shared with the wakers too, hence not `Rc`.
    ready: Arc<Ready>,
    /// The sleeps that some task waits for, and the waker of each. The first is the one that ends first.
    sleeps: RefCell<BTreeMap<Deadline, Waker>>,
}

/// The number of a task or a sleep. It is never given again.
type Id = u64;

/// When a sleep ends. The number tells sleeps of the same instant apart, and the earlier made one goes first.
type Deadline = (Instant, Id);

/// A task, and the one waker that it gets at every poll.
struct Spawned {
    task: Pin<Box<dyn Future<Output = ()>>>,
    waker: Waker,
}

impl Runtime {
    /// Makes a runtime without tasks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a task, ready to be polled, behind those that are already ready. Does not poll it.
    ///
    /// A task may call this while it is being polled.
    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let id = self.shared.next_number();
        let waker = Waker::from(Arc::new(TaskWaker { id, ready: Arc::clone(&self.shared.ready) }));
        let spawned = Spawned { task: Box::pin(task), waker };
        self.shared.tasks.borrow_mut().insert(id, spawned);
        self.shared.ready.push(id);
    }

    /// A future that is ready when `duration` has passed since this call.
    ///
    /// It wakes the task that polled it last. It may be made before `run`, and be polled in a task other than the one
    /// that made it. When it is dropped, it is forgotten: it wakes no task, and `run` does not wait for it.
    pub fn sleep(&self, duration: Duration) -> Sleep {
        let deadline = (Instant::now() + duration, self.shared.next_number());
        Sleep { deadline, shared: Rc::clone(&self.shared) }
    }

    /// Spawns a task that ticks as `periodic_task` does, but on this runtime's clock.
    ///
    /// # Errors
    ///
    /// `ZeroInterval` if the interval is zero. Then nothing is spawned.
    pub fn spawn_periodic(&self, interval: Duration, name: &str, stop_after: Duration) -> Result<(), ZeroInterval> {
        if interval.is_zero() {
            return Err(ZeroInterval);
        }
        let (runtime, name) = (self.clone(), name.to_owned());
        self.spawn(async move {
            let start = Instant::now();
            for (tick, due) in (1_u32..).zip(due_times(interval, stop_after)) {
                // From here it is that much less. A tick that is late is due now.
                runtime.sleep(due.saturating_sub(start.elapsed())).await;
                record(&name, format_args!("tick {tick}"));
            }
        });
        Ok(())
    }

    /// Runs the tasks until the last of them has finished.
    ///
    /// In turns, as in quest 6: each turn polls, once each and in the order of their wakes, the tasks that were ready
    /// when it began. Before each turn the sleeps that are over wake their tasks, in the order of their deadlines. So a
    /// task that is always ready delays a sleeping one by no more than one turn. When no task is ready, the thread
    /// sleeps until the next deadline, in one sleep. When the last task has finished, returns without waiting for any
    /// sleep that is left. A task's panic passes through to the caller. Records nothing.
    ///
    /// # Errors
    ///
    /// `Stalled` if tasks are pending, none of them is ready, and there is no sleep to wait for. The tasks are kept.
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

    /// Takes out the sleeps that are over, and wakes their tasks.
    fn wake_sleepers(&self) {
        let now = Instant::now();
        while self.next_deadline().is_some_and(|deadline| deadline <= now) {
            let first = self.sleeps.borrow_mut().pop_first();
            if let Some((_, waker)) = first {
                waker.wake();
            }
        }
    }

    /// Polls, once each, the tasks that are ready now. Returns how many.
    fn turn(&self) -> usize {
        let mut polled = 0;
        for _ in 0..self.ready.len() {
            let id = self.ready.pop().expect("only a turn takes out, and it counted");
            // Out of the map while it is polled, so that nothing is borrowed and the task may spawn.
            let task = self.tasks.borrow_mut().remove(&id);
            // A task that has finished may still have been woken.
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

/// The tasks that have been woken, in the order of their wakes, each of them once. As in quest 6, but without an
/// executor above.
#[derive(Default)]
struct Ready(Mutex<Woken>);

#[derive(Default)]
struct Woken {
    order: VecDeque<Id>,
    /// The same numbers again, for a quick answer whether one is in `order`.
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

/// Why the lock of the ready queue is never poisoned.
const UNPOISONED: &str = "no foreign code runs while the ready queue is locked";

/// What a wake means for a task: its number goes into the queue.
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

/// A sleep of a [`Runtime`]. Made by [`Runtime::sleep`].
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
        // In place of the one from the last poll, which may have been another task's.
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
