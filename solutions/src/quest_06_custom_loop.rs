//! Quest 6: An event loop of your own.
//!
//! # Why it works
//!
//! A `Waker` is a note that says "look at this one again", and all that changes in this quest is where the note goes:
//!
//! - `block_on` has one future, so the note is a flag, and `unpark` for the thread that may be asleep. The flag is what
//!   makes it safe. A wake that comes *while* the future is polled raises it, so the thread does not go to sleep after
//!   the `Pending`. And other code that parks or unparks this thread cannot confuse it.
//! - `EventLoop` has many, so the note has the task's number on it and goes into a queue. The queue is what a turn
//!   reads, from the front. A task that is not in it is never looked at: ten thousand sleeping tasks cost nothing.
//! - `custom_event_loop` is a task itself. If its queue gets a note while it sleeps, the executor above must poll it.
//!   So its queue knows the waker that came with the last poll, and wakes it with each new note.
//!
//! The queue is a `VecDeque` for the order, and a set for the question "is it in there already?". That makes two wakes
//! one poll. A number leaves both *before* the task is polled, so a wake during the poll queues it again. A turn
//! counts the notes first and takes out that many, one at a time. So it ends, even if every task wakes itself, and if
//! a task panics, the notes behind it are still there.
//!
//! A task is out of the map while it is polled. Nothing is borrowed then, so the task may spawn. If it returns `Ready`,
//! it is dropped where it is; else it goes back. Numbers are never reused, so the number on an old waker finds nothing.
//! Only numbers are behind the lock, which is what makes the wakers `Send` although the futures are not.
//!
//! `custom_event_loop` stores the waker of its own task *before* the turn. From then on every wake reaches it, also
//! those of its own turn: a task that wakes itself wakes the whole loop, and so the next turn comes without any extra
//! code.
//!
//! # What goes wrong otherwise
//!
//! - *Poll in a loop until `Ready`.* It gives the right values, but keeps one core at 100 % while all tasks sleep.
//! - *Poll all on any wake.* A thousand tasks that wake once each make a million polls.
//! - *Take the number out of the set after the poll.* A wake during the poll is dropped as "queued already", and the
//!   task sleeps forever. Futures do wake themselves while they are polled: quest 5's `YieldNow` does nothing else.
//! - *Take the whole queue with `mem::take` at the beginning of a turn.* A task of this turn that is woken before its
//!   poll is polled in this turn and in the next. And a panic loses the rest of the turn.
//! - *The index in a `Vec` as the number, reused.* An old waker wakes whichever task lives there now.
//! - *Keep the first parent's waker.* `select!`, `join!` and timeouts pass futures on from task to task; the one that
//!   polled first may be long gone.
//! - *Turns until nothing is ready, in one poll.* One task that wakes itself keeps all the others above from running.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use timeline::sync::{Arc, Mutex};
use timeline::thread::{self, Thread};

/// A task: a future in a box, whose output is a `T`.
pub type Task<T = ()> = Pin<Box<dyn Future<Output = T>>>;

/// Tasks are pending, and none of them has been woken. On one thread, none of them ever will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stalled: {pending} pending, none woken")]
pub struct Stalled {
    /// How many tasks have not finished.
    pub pending: usize,
}

/// Runs one future to completion on this thread and returns its value.
///
/// Polls at once. After `Pending`, this thread sleeps until the future is woken, then polls again. The wake may come
/// from any thread. It may also come while the future is being polled: then the thread does not sleep, but polls again.
/// Records nothing.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let signal = Arc::new(Signal { woken: AtomicBool::new(false), thread: thread::current() });
    let waker = Waker::from(Arc::clone(&signal));
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        // In a loop, since the thread may be unparked for other reasons than this flag.
        while !signal.woken.swap(false, Ordering::Acquire) {
            thread::park();
        }
    }
}

/// What a wake means for a thread that has one future: raise the flag, and get up if you sleep.
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

/// A handle to an event loop: tasks, and a queue of those that are ready to be polled.
///
/// A clone is another handle to the same loop. `EventLoop::default()` is a new loop, as `EventLoop::new()` is.
#[derive(Clone, Default)]
pub struct EventLoop {
    shared: Rc<Shared>,
}

/// What all handles to one loop share.
#[derive(Default)]
struct Shared {
    /// The tasks that have not finished, without the one that is being polled.
    tasks: RefCell<BTreeMap<Id, Spawned>>,
    /// How many were ever spawned, which is the next one's number.
    spawned: Cell<Id>,
    /// Shared with the wakers too, hence not `Rc`.
    ready: Arc<Ready>,
}

/// A task's number. No two tasks of a loop have the same, not even after one of them has finished.
type Id = u64;

/// A task, and the one waker that it gets at every poll.
struct Spawned {
    task: Task,
    waker: Waker,
}

impl EventLoop {
    /// Makes a loop without tasks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a task, ready to be polled, behind those that are already ready. Does not poll it.
    ///
    /// A task may call this while it is being polled and while it is being dropped.
    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let id = self.shared.spawned.replace(self.shared.spawned.get() + 1);
        let waker = Waker::from(Arc::new(TaskWaker { id, ready: Arc::clone(&self.shared.ready) }));
        let spawned = Spawned { task: Box::pin(task), waker };
        self.shared.tasks.borrow_mut().insert(id, spawned);
        self.shared.ready.push(id);
    }

    /// Polls, once each, the tasks that were ready when the turn began. Returns how many it polled.
    ///
    /// They are polled in the order in which they were woken or spawned. However often a task is woken before it is
    /// polled, that is one poll, in the place of the first wake. A task that is woken while it is polled, or woken
    /// later in the turn, or spawned in the turn, is ready for the next turn. A task that returns `Ready` is dropped
    /// before the next one is polled; waking it after that does nothing. A task's panic passes through to the caller.
    /// Records nothing.
    pub fn turn(&self) -> usize {
        let mut polled = 0;
        for _ in 0..self.shared.ready.len() {
            let id = self.shared.ready.pop().expect("only a turn takes out, and it counted");
            // Out of the map while it is polled, so that nothing is borrowed and the task may spawn.
            let task = self.shared.tasks.borrow_mut().remove(&id);
            // A task that has finished may still have been woken.
            let Some(mut spawned) = task else { continue };
            polled += 1;
            match spawned.task.as_mut().poll(&mut Context::from_waker(&spawned.waker)) {
                Poll::Ready(()) => drop(spawned),
                Poll::Pending => drop(self.shared.tasks.borrow_mut().insert(id, spawned)),
            }
        }
        polled
    }

    /// How many tasks have not finished. Meant to be called between two turns.
    pub fn pending(&self) -> usize {
        self.shared.tasks.borrow().len()
    }

    /// Takes turns until no task is pending.
    ///
    /// # Errors
    ///
    /// `Stalled` if tasks are pending and none of them is ready. They are kept: wake one, and call `run`
    /// again.
    pub fn run(&self) -> Result<(), Stalled> {
        while self.pending() > 0 {
            if self.turn() == 0 {
                return Err(Stalled { pending: self.pending() });
            }
        }
        Ok(())
    }
}

/// The tasks that have been woken, in the order of their wakes, each of them once.
#[derive(Default)]
struct Ready(Mutex<Woken>);

#[derive(Default)]
struct Woken {
    order: VecDeque<Id>,
    /// The same numbers again, for a quick answer whether one is in `order`.
    queued: BTreeSet<Id>,
    /// Who must know of each new number, because it has gone to sleep: the task that `custom_event_loop` runs in.
    parent: Option<Waker>,
}

impl Ready {
    fn push(&self, id: Id) {
        let mut woken = self.0.lock().expect(UNPOISONED);
        if woken.queued.insert(id) {
            woken.order.push_back(id);
            let parent = woken.parent.clone();
            // Waking is foreign code: not under the lock.
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
        // Dropped here, after the lock: a waker's destructor is foreign code too.
        drop(old);
    }
}

/// Why the lock of the ready queue is never poisoned.
const UNPOISONED: &str = "no foreign code runs while the ready queue is locked";

/// What a wake means for a task of a loop: its number goes into the queue.
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

/// Runs the tasks together, inside a task of another executor, and returns their values in the order of `tasks`.
///
/// Each poll of this future is one turn: it polls, once each, the tasks that were ready when it began, in the order of
/// their wakes. At the beginning all are ready, in the order of `tasks`. If some are ready again at the end of the
/// turn, it wakes the task that polls it and returns `Pending`, so that the other executor can run others in between.
/// Waking one of the tasks, from any thread, wakes the task that polled this future last. Any executor can run it.
/// Dropping it drops the tasks that have not finished. Records nothing.
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
        // Before the turn: a wake during the turn must reach the parent too.
        event_loop.shared.ready.set_parent(context.waker());
        event_loop.turn();
        if event_loop.pending() == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    values.take().into_iter().map(|value| value.expect("no task is pending, so each has left its value")).collect()
}
