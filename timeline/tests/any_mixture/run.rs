//! Runs a program in a simulation.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use timeline::sync::{Condvar, Mutex, OnceLock, PoisonError, RwLock, mpsc};
use timeline::thread::{self, JoinHandle, Thread};
use timeline::time::{Duration, Instant};
use timeline::{Timeline, record, simulate};

use crate::program::{Leaves, Polls, RandomProgram, SHARED, Step};

/// Takes its time to be dropped, then sends.
struct Late {
    sender: mpsc::Sender<usize>,
    time: u64,
}

impl Drop for Late {
    fn drop(&mut self) {
        thread::sleep(Duration::from_millis(self.time));
        record("late", format_args!("{:?}", self.sender.send(99)));
    }
}

thread_local! {
    static KEPT: RefCell<Vec<Late>> = const { RefCell::new(Vec::new()) };
}

impl Leaves {
    fn leave(self, late: Late) -> Option<Late> {
        match self {
            Self::Result => return Some(late),
            // As `panic_any`, without the message.
            Self::Payload => resume_unwind(Box::new(Mutex::new(late))),
            Self::ThreadLocal => KEPT.with_borrow_mut(|kept| kept.push(late)),
        }
        None
    }
}

#[derive(Default)]
struct Shared {
    mutexes: [Mutex<u32>; SHARED],
    conditions: [(Mutex<()>, Condvar); SHARED],
    threads: Mutex<Vec<Thread>>,
    locks: [RwLock<u32>; SHARED],
    cells: [OnceLock<usize>; SHARED],
    poisonable: [Mutex<u32>; SHARED],
    /// Threads that have ended.
    ended: Mutex<usize>,
}

struct Channels {
    senders: Vec<mpsc::Sender<usize>>,
    receivers: Vec<Mutex<mpsc::Receiver<usize>>>,
    bounded_senders: Vec<mpsc::SyncSender<usize>>,
    bounded_receivers: Vec<Mutex<mpsc::Receiver<usize>>>,
}

impl Channels {
    fn new() -> Self {
        let (senders, receivers) = (0..SHARED).map(|_| mpsc::channel()).unzip();
        let (bounded_senders, bounded_receivers): (_, Vec<_>) = (0..SHARED).map(mpsc::sync_channel).unzip();
        let receivers: Vec<_> = receivers;
        Self {
            senders,
            receivers: receivers.into_iter().map(Mutex::new).collect(),
            bounded_senders,
            bounded_receivers: bounded_receivers.into_iter().map(Mutex::new).collect(),
        }
    }
}

/// Runs the program. Returns its timeline, and the report if it ended in a deadlock.
pub fn run(program: &RandomProgram) -> (Timeline, Option<String>) {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        simulate(|| {
            let (shared, channels) = (Shared::default(), Channels::new());
            thread::scope(|scope| {
                for (index, steps) in program.threads.iter().enumerate() {
                    let (shared, channels) = (&shared, &channels);
                    let handle = scope.spawn(move || run_thread(index, steps, shared, channels));
                    shared.threads.lock().unwrap().push(handle.thread().clone());
                }
                if program.has_pacemaker {
                    scope.spawn(|| keep_going(program.threads.len(), &shared, &channels));
                }
            });
            record("main", "finished");
        })
    }));
    outcome.map_or_else(
        |_| {
            let interrupted = timeline::interrupted().expect("the simulation panicked");
            (interrupted.timeline, Some(interrupted.deadlock.expect("nothing else panics").to_string()))
        },
        |timeline| (timeline, None),
    )
}

fn run_thread(index: usize, steps: &[Step], shared: &Shared, channels: &Channels) {
    let name = format!("thread {index}");
    let mut before = Instant::now();
    for step in steps {
        let result = perform(index, step, shared, channels);
        let now = Instant::now();
        assert!(now >= before, "the clock ran back");
        before = now;
        record(&name, format_args!("{step:?}: {result}"));
    }
    *shared.ended.lock().unwrap() += 1;
}

/// Unblocks all that wait, again and again, until the threads have ended or never will.
fn keep_going(threads: usize, shared: &Shared, channels: &Channels) {
    for _ in 0..500 {
        thread::sleep(Duration::from_millis(3));
        if *shared.ended.lock().unwrap() == threads {
            return;
        }
        shared.threads.lock().unwrap().iter().for_each(Thread::unpark);
        shared.conditions.iter().for_each(|(_, condvar)| condvar.notify_all());
        for which in 0..SHARED {
            channels.senders[which].send(77).unwrap();
            let _ = channels.bounded_senders[which].try_send(77);
            if let Ok(receiver) = channels.bounded_receivers[which].try_lock() {
                let _ = receiver.try_recv();
            }
        }
    }
}

fn perform(index: usize, step: &Step, shared: &Shared, channels: &Channels) -> String {
    let ms = Duration::from_millis;
    match *step {
        Step::Sleep(time) => thread::sleep(ms(time)),
        Step::Yield => thread::yield_now(),
        Step::Lock(which, hold) => {
            let mut guard = shared.mutexes[which].lock().unwrap();
            thread::sleep(ms(hold));
            *guard += 1;
            return guard.to_string();
        }
        Step::LockBoth(first, hold) => {
            let _first = shared.mutexes[first].lock().unwrap();
            thread::sleep(ms(hold));
            let _second = shared.mutexes[1 - first].lock().unwrap();
        }
        Step::Send(which) => channels.senders[which].send(index).unwrap(),
        Step::SendBounded(which) => channels.bounded_senders[which].send(index).unwrap(),
        Step::Receive(which, patience) => return receive(&channels.receivers[which], patience),
        Step::ReceiveBounded(which, patience) => return receive(&channels.bounded_receivers[which], patience),
        Step::Wait(which, patience) => return wait(which, patience, shared),
        Step::Notify(which, true) => shared.conditions[which].1.notify_all(),
        Step::Notify(which, false) => shared.conditions[which].1.notify_one(),
        Step::Park(None) => thread::park(),
        Step::Park(Some(time)) => thread::park_timeout(ms(time)),
        Step::Unpark(which) => {
            let threads = shared.threads.lock().unwrap();
            threads[which % threads.len()].unpark();
        }
        Step::Child(time) => {
            thread::spawn(move || thread::sleep(ms(time))).join().unwrap();
        }
        Step::Leave(leaves, which, time, joins) => {
            let late = Late { sender: channels.senders[which].clone(), time };
            let thread = thread::spawn(move || leaves.leave(late));
            return format!("{:?}", joins.then(|| thread.join().is_ok()));
        }
        Step::LeaveInScope(leaves, which, time) => return leave_in_scope(leaves, which, time, shared, channels),
        Step::ZeroWaits(which) => zero_waits(which, shared, channels),
        Step::Poll(polls, which, times) => return poll(polls, which, times, shared, channels),
        Step::Read(which, hold) => {
            let value = shared.locks[which].read().unwrap();
            thread::sleep(ms(hold));
            return value.to_string();
        }
        Step::Write(which, hold) => {
            let mut value = shared.locks[which].write().unwrap();
            thread::sleep(ms(hold));
            *value += 1;
        }
        Step::Compute(which, time) => {
            let cell = &shared.cells[which];
            return format!("{:?}", (cell.get_or_init(|| after(time, index)), cell.get()));
        }
        Step::Poison(which, time) => return poison(which, time, shared),
        Step::Grandchild(which, time) => grandchild(which, time, channels),
    }
    String::new()
}

fn after<T>(time: u64, value: T) -> T {
    thread::sleep(Duration::from_millis(time));
    value
}

fn wait(which: usize, patience: Option<u64>, shared: &Shared) -> String {
    let (mutex, condvar) = &shared.conditions[which];
    let guard = mutex.lock().unwrap();
    match patience {
        None => condvar.wait(guard).map(|_| "notified".to_owned()).unwrap(),
        Some(time) => format!("{:?}", condvar.wait_timeout(guard, Duration::from_millis(time)).unwrap().1),
    }
}

fn leave_in_scope(leaves: Leaves, which: usize, time: u64, shared: &Shared, channels: &Channels) -> String {
    let scope = || {
        thread::scope(|scope| {
            let late = Late { sender: channels.senders[which].clone(), time };
            scope.spawn(move || leaves.leave(late));
            scope.spawn(|| *shared.mutexes[which].lock().unwrap() += 1);
        });
    };
    let outcome = catch_unwind(AssertUnwindSafe(scope));
    let halted = outcome.as_ref().is_err_and(|payload| payload.downcast_ref::<&str>().is_none());
    // A deadlock unwinds, too: that is not for this step to catch.
    if halted {
        resume_unwind(outcome.unwrap_err());
    }
    outcome.is_ok().to_string()
}

fn poison(which: usize, time: u64, shared: &Shared) -> String {
    let mutex = &shared.poisonable[which];
    let outcome = thread::scope(|scope| {
        let panics = || {
            let _guard = mutex.lock().unwrap_or_else(PoisonError::into_inner);
            thread::sleep(Duration::from_millis(time));
            resume_unwind(Box::new(time));
        };
        scope.spawn(panics).join()
    });
    let was_poisoned = mutex.is_poisoned();
    mutex.clear_poison();
    format!("{:?} {was_poisoned}", outcome.unwrap_err().downcast_ref::<u64>())
}

fn grandchild(which: usize, time: u64, channels: &Channels) {
    thread::scope(|scope| {
        scope.spawn(move || {
            scope.spawn(move || {
                thread::sleep(Duration::from_millis(time));
                channels.senders[which].send(55).unwrap();
            });
        });
    });
}

fn zero_waits(which: usize, shared: &Shared, channels: &Channels) {
    thread::sleep(Duration::ZERO);
    thread::park_timeout(Duration::ZERO);
    let (mutex, condvar) = &shared.conditions[which];
    drop(condvar.wait_timeout(mutex.lock().unwrap(), Duration::ZERO).unwrap());
    if let Ok(receiver) = channels.receivers[which].try_lock() {
        record("zero", format_args!("{:?}", receiver.recv_timeout(Duration::ZERO)));
    }
}

/// Returns which poll found something.
fn poll(polls: Polls, which: usize, times: u32, shared: &Shared, channels: &Channels) -> String {
    let start = Instant::now();
    let other = matches!(polls, Polls::End).then(|| thread::spawn(|| thread::sleep(Duration::from_millis(1))));
    let succeeds = |_: &u32| match polls {
        Polls::Receive => channels.receivers[which].try_lock().is_ok_and(|receiver| receiver.try_recv().is_ok()),
        Polls::Lock => shared.mutexes[which].try_lock().is_ok(),
        Polls::Read => *shared.locks[which].read().unwrap() > 0,
        Polls::Computed => shared.cells[which].get().is_some(),
        Polls::End => other.as_ref().is_some_and(JoinHandle::is_finished),
        Polls::Clock => start.elapsed() > Duration::ZERO,
    };
    format!("{:?}", (0..times).find(succeeds))
}

fn receive(receiver: &Mutex<mpsc::Receiver<usize>>, patience: Option<u64>) -> String {
    let receiver = receiver.lock().unwrap();
    match patience {
        None => format!("{:?}", receiver.recv()),
        Some(time) => format!("{:?}", receiver.recv_timeout(Duration::from_millis(time))),
    }
}
