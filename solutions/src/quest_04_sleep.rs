//! Quest 4: An event loop that sleeps.
//!
//! # Why it works
//!
//! `put` turns the delay into a *deadline*: a point in time, `Instant::now() + delay`. Delays that began at different
//! moments cannot be compared, deadlines can. From then on the delay is no longer needed.
//!
//! The queue is a `BinaryHeap` of entries that are ordered by (deadline, number of the `put`). The heap hands out its
//! greatest entry first, so `Reverse` turns the order around. The number makes ties fair: a heap by itself hands out
//! equal entries in any order. It also makes the order total, for no two entries have the same number. A closure cannot
//! be compared, hence the hand-written `Ord`, which looks at the key only.
//!
//! The loop asks one question each time around: *which entry is first, and is it due?* If it is due, it is taken out
//! and run. If it is not, the loop sleeps for exactly what is missing, and asks again. Nothing is remembered from one
//! round to the next, and everything else follows from that:
//!
//! - A task that another task puts takes part in the next question. So it may come before all those that have waited
//!   longer.
//! - A task that became overdue while another worked needs no special case. It is first, and it is due.
//! - A task that puts itself again without delay gets a deadline of *now*. A timer whose deadline is earlier comes
//!   first: no task starves. This needs no second queue of ready tasks; such a queue would need care to be fair.
//! - A panic finds one task outside the heap, its own. The others keep their deadlines.
//!
//! As in quest 3, the borrow ends before the task runs: `next` is a separate function and returns an owned value.
//!
//! # What goes wrong otherwise
//!
//! - Ordering by delay, or counting delays from the start of the loop: correct only as long as everything is put at the
//!   same instant.
//! - A `BTreeMap<Instant, Task>`: the second task with the same deadline overwrites the first. With the number in its
//!   key, `BTreeMap<(Instant, u64), Task>` is a fine queue, and `pop_first` its `pop`.
//! - Sleeping for each task's whole delay, one after the other: the order is right, and the delays add up as in the
//!   first try.
//! - Reading the clock once before the loop: it then oversleeps by all the time that tasks have worked.
//! - Sleeping for a millisecond at a time until something is due: it works, wakes the processor a thousand times a
//!   second for nothing, and is up to a millisecond late.
//! - Taking all due tasks out at once: correct until one of them panics and takes the others down with it.

use std::cell::RefCell;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::rc::Rc;
use std::time::Duration;

use timeline::time::Instant;
use timeline::{record, thread};

/// Something to do, and how long to wait before doing it.
pub struct DelayedTask {
    /// How long to wait. The loop that gets the task decides when the wait begins.
    pub delay: Duration,
    /// What to do then.
    pub action: Box<dyn FnOnce()>,
}

/// Makes a task whose action is `record("Event loop", message)`, and nothing else.
///
/// Making the task records nothing and takes no time.
pub fn delayed_task(delay: Duration, message: &str) -> DelayedTask {
    // The action outlives this call, so it needs its own copy of the message.
    let message = message.to_owned();
    DelayedTask { delay, action: Box::new(move || record("Event loop", message)) }
}

/// Runs the tasks one after the other, in the given order: sleeps for a task's delay, then runs its action.
///
/// So each delay begins when the task before it has ended, and the delays add up. Returns after the last action.
/// Without tasks, returns at once.
pub fn event_loop_blocking(tasks: Vec<DelayedTask>) {
    for task in tasks {
        thread::sleep(task.delay);
        (task.action)();
    }
}

/// A handle to a queue of delayed tasks.
///
/// A clone is another handle to the same queue. `TaskQueue::default()` is a new queue, as `TaskQueue::new()` is.
#[derive(Clone, Default)]
pub struct TaskQueue {
    tasks: Rc<RefCell<Tasks>>,
}

impl TaskQueue {
    /// Makes a new, empty queue.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a task into the queue. Its delay begins now: it is due when the delay is over.
    ///
    /// Runs nothing and does not wait. A task may call this while `event_loop` is running it.
    pub fn put(&self, task: DelayedTask) {
        let mut tasks = self.tasks.borrow_mut();
        let key = (Instant::now() + task.delay, tasks.puts);
        tasks.puts += 1;
        tasks.by_deadline.push(Reverse(Entry { key, action: task.action }));
    }

    /// What the loop has to do next. The task, if there is one, is out of the queue then.
    fn next(&self) -> Next {
        let mut tasks = self.tasks.borrow_mut();
        let Some(Reverse(first)) = tasks.by_deadline.peek() else {
            return Next::Return;
        };
        let missing = first.key.0.saturating_duration_since(Instant::now());
        if !missing.is_zero() {
            return Next::Sleep(missing);
        }
        tasks.by_deadline.pop().map_or(Next::Return, |Reverse(first)| Next::Run(first.action))
    }
}

#[derive(Default)]
struct Tasks {
    /// `Reverse`, since a heap hands out its greatest entry, and the earliest is wanted.
    by_deadline: BinaryHeap<Reverse<Entry>>,
    /// How many tasks have been put so far: the number of the next one.
    puts: u64,
}

/// A task in the queue.
struct Entry {
    /// When the task is due, and its number, which decides between tasks that are due at the same instant.
    key: (Instant, u64),
    action: Box<dyn FnOnce()>,
}

// By the key alone, since actions cannot be compared.
impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Entry {}

enum Next {
    Run(Box<dyn FnOnce()>),
    Sleep(Duration),
    Return,
}

/// Runs each task when it is due, on the calling thread, until the queue is empty.
///
/// The next task is always the one that is due first. Of those due at the same instant, the one that was put first runs
/// first. No task runs before it is due. A task that is overdue because another took long runs as soon as its turn
/// comes. A task that a task puts is run by the same call, and may even come next.
///
/// When no task is due, sleeps until the earliest one is: in one sleep, without waking in between. Returns when the
/// queue is empty, at once if it already is. Can be called again. A task's panic passes through to the caller. The
/// others stay in the queue, and their deadlines do not change. Records nothing; that is up to the tasks.
pub fn event_loop(queue: &TaskQueue) {
    loop {
        match queue.next() {
            Next::Run(action) => action(),
            Next::Sleep(missing) => thread::sleep(missing),
            Next::Return => return,
        }
    }
}
