//! Any mixture of threads, sleeps, locks, channels, condition variables and parks, of polling, and of what threads leave
//! behind when they end: one timeline, no hang, no step back.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use timeline::sync::{Condvar, Mutex, OnceLock, RwLock, mpsc};
use timeline::thread::{self, JoinHandle, Thread};
use timeline::time::{Duration, Instant};
use timeline::{Timeline, record, simulate};

/// Programs that are run a thousand times each.
const PROGRAMS: usize = 10;

/// Things that threads share, each kind twice, so that they meet often enough and not always.
const SHARED: usize = 2;

#[derive(Clone, Debug)]
enum Step {
    Sleep(u64),
    Yield,
    /// Locks, and sleeps while it holds the lock.
    Lock(usize, u64),
    /// Locks two mutexes, in either order.
    LockBoth(usize, u64),
    Send(usize),
    /// Sends where sending may wait.
    SendBounded(usize),
    Receive(usize, Option<u64>),
    ReceiveBounded(usize, Option<u64>),
    Wait(usize, Option<u64>),
    Notify(usize, bool),
    Park(Option<u64>),
    Unpark(usize),
    /// Starts a thread, and waits for its end.
    Child(u64),
    /// Starts a thread that leaves a [`Late`] behind, and may wait for its end.
    Leave(Leaves, usize, u64, bool),
    /// The same in a scope.
    LeaveInScope(Leaves, usize, u64),
    /// Waits of no time at all, in each way there is.
    ZeroWaits(usize),
    /// Asks up to so many times for what may never be there.
    Poll(Polls, usize, u32),
    Read(usize, u64),
    Write(usize, u64),
    /// Computes what is computed once.
    Compute(usize, u64),
}

/// Where a thread leaves something that is dropped after its function has ended.
#[derive(Clone, Copy, Debug)]
enum Leaves {
    Result,
    Payload,
    ThreadLocal,
}

#[derive(Clone, Copy, Debug)]
enum Polls {
    Receive,
    Lock,
    Read,
    Computed,
    End,
    Clock,
}

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

type Program = Vec<Vec<Step>>;

fn step() -> impl Strategy<Value = Step> {
    // Waits that may last for ever: the program may end in a deadlock.
    let patience = prop_oneof![Just(None), (0..4_u64).prop_map(Some)];
    let which = 0..SHARED;
    let short = 0..4_u64;
    prop_oneof![
        3 => short.clone().prop_map(Step::Sleep),
        1 => Just(Step::Yield),
        2 => (which.clone(), short.clone()).prop_map(|(which, hold)| Step::Lock(which, hold)),
        1 => (which.clone(), short.clone()).prop_map(|(which, hold)| Step::LockBoth(which, hold)),
        2 => which.clone().prop_map(Step::Send),
        1 => which.clone().prop_map(Step::SendBounded),
        2 => (which.clone(), patience.clone()).prop_map(|(which, patience)| Step::Receive(which, patience)),
        1 => (which.clone(), patience.clone()).prop_map(|(which, patience)| Step::ReceiveBounded(which, patience)),
        1 => (which.clone(), patience.clone()).prop_map(|(which, patience)| Step::Wait(which, patience)),
        1 => (which.clone(), any::<bool>()).prop_map(|(which, all)| Step::Notify(which, all)),
        1 => patience.prop_map(Step::Park),
        1 => (0..5_usize).prop_map(Step::Unpark),
        1 => short.clone().prop_map(Step::Child),
        2 => (leaves(), which.clone(), short.clone(), any::<bool>())
            .prop_map(|(leaves, which, time, joins)| Step::Leave(leaves, which, time, joins)),
        1 => (leaves(), which.clone(), short.clone())
            .prop_map(|(leaves, which, time)| Step::LeaveInScope(leaves, which, time)),
        1 => which.clone().prop_map(Step::ZeroWaits),
        2 => (polls(), which.clone(), 1..300_u32).prop_map(|(polls, which, times)| Step::Poll(polls, which, times)),
        1 => (which.clone(), short.clone()).prop_map(|(which, hold)| Step::Read(which, hold)),
        1 => (which.clone(), short.clone()).prop_map(|(which, hold)| Step::Write(which, hold)),
        1 => (which, short).prop_map(|(which, time)| Step::Compute(which, time)),
    ]
}

fn leaves() -> impl Strategy<Value = Leaves> {
    prop_oneof![Just(Leaves::Result), Just(Leaves::Payload), Just(Leaves::ThreadLocal)]
}

fn polls() -> impl Strategy<Value = Polls> {
    prop_oneof![
        Just(Polls::Receive),
        Just(Polls::Lock),
        Just(Polls::Read),
        Just(Polls::Computed),
        Just(Polls::End),
        Just(Polls::Clock),
    ]
}

fn any_program() -> impl Strategy<Value = Program> {
    prop::collection::vec(prop::collection::vec(step(), 0..8), 1..5)
}

#[derive(Default)]
struct World {
    mutexes: [Mutex<u32>; SHARED],
    conditions: [(Mutex<()>, Condvar); SHARED],
    threads: Mutex<Vec<Thread>>,
    locks: [RwLock<u32>; SHARED],
    cells: [OnceLock<usize>; SHARED],
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

/// Runs the program, and says what happened: a timeline, or a deadlock's report and the timeline until then.
fn run(program: &Program) -> (Timeline, Option<String>) {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        simulate(|| {
            let (world, channels) = (World::default(), Channels::new());
            thread::scope(|scope| {
                for (index, steps) in program.iter().enumerate() {
                    let (world, channels) = (&world, &channels);
                    let handle = scope.spawn(move || run_thread(index, steps, world, channels));
                    world.threads.lock().unwrap().push(handle.thread().clone());
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

fn run_thread(index: usize, steps: &[Step], world: &World, channels: &Channels) {
    let name = format!("thread {index}");
    let mut before = Instant::now();
    for step in steps {
        let result = perform(index, step, world, channels);
        let now = Instant::now();
        assert!(now >= before, "the clock ran back");
        before = now;
        record(&name, format_args!("{step:?}: {result}"));
    }
}

fn perform(index: usize, step: &Step, world: &World, channels: &Channels) -> String {
    let ms = Duration::from_millis;
    match *step {
        Step::Sleep(time) => thread::sleep(ms(time)),
        Step::Yield => thread::yield_now(),
        Step::Lock(which, hold) => {
            let mut guard = world.mutexes[which].lock().unwrap();
            thread::sleep(ms(hold));
            *guard += 1;
            return guard.to_string();
        }
        Step::LockBoth(first, hold) => {
            let _first = world.mutexes[first].lock().unwrap();
            thread::sleep(ms(hold));
            let _second = world.mutexes[1 - first].lock().unwrap();
        }
        Step::Send(which) => channels.senders[which].send(index).unwrap(),
        Step::SendBounded(which) => channels.bounded_senders[which].send(index).unwrap(),
        Step::Receive(which, patience) => return receive(&channels.receivers[which], patience),
        Step::ReceiveBounded(which, patience) => return receive(&channels.bounded_receivers[which], patience),
        Step::Wait(which, patience) => {
            let (mutex, condvar) = &world.conditions[which];
            let guard = mutex.lock().unwrap();
            return match patience {
                None => condvar.wait(guard).map(|_| "notified".to_owned()).unwrap(),
                Some(time) => format!("{:?}", condvar.wait_timeout(guard, ms(time)).unwrap().1),
            };
        }
        Step::Notify(which, true) => world.conditions[which].1.notify_all(),
        Step::Notify(which, false) => world.conditions[which].1.notify_one(),
        Step::Park(None) => thread::park(),
        Step::Park(Some(time)) => thread::park_timeout(ms(time)),
        Step::Unpark(which) => {
            let threads = world.threads.lock().unwrap();
            threads[which % threads.len()].unpark();
        }
        Step::Child(time) => {
            return thread::spawn(move || thread::sleep(ms(time))).join().map(|()| String::new()).unwrap();
        }
        Step::Leave(leaves, which, time, joins) => {
            let late = Late { sender: channels.senders[which].clone(), time };
            let thread = thread::spawn(move || leaves.leave(late));
            return joins.then(|| thread.join().is_ok()).map_or_else(String::new, |joined| joined.to_string());
        }
        Step::LeaveInScope(leaves, which, time) => return leave_in_scope(leaves, which, time, world, channels),
        Step::ZeroWaits(which) => zero_waits(which, world, channels),
        Step::Poll(polls, which, times) => return poll(polls, which, times, world, channels),
        Step::Read(which, hold) => {
            let value = world.locks[which].read().unwrap();
            thread::sleep(ms(hold));
            return value.to_string();
        }
        Step::Write(which, hold) => {
            let mut value = world.locks[which].write().unwrap();
            thread::sleep(ms(hold));
            *value += 1;
        }
        Step::Compute(which, time) => {
            let compute = || {
                thread::sleep(ms(time));
                index
            };
            return world.cells[which].get_or_init(compute).to_string();
        }
    }
    String::new()
}

fn leave_in_scope(leaves: Leaves, which: usize, time: u64, world: &World, channels: &Channels) -> String {
    let scope = || {
        thread::scope(|scope| {
            let late = Late { sender: channels.senders[which].clone(), time };
            scope.spawn(move || leaves.leave(late));
            scope.spawn(|| *world.mutexes[which].lock().unwrap() += 1);
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

fn zero_waits(which: usize, world: &World, channels: &Channels) {
    thread::sleep(Duration::ZERO);
    thread::park_timeout(Duration::ZERO);
    let (mutex, condvar) = &world.conditions[which];
    drop(condvar.wait_timeout(mutex.lock().unwrap(), Duration::ZERO).unwrap());
    if let Ok(receiver) = channels.receivers[which].try_lock() {
        record("zero", format_args!("{:?}", receiver.recv_timeout(Duration::ZERO)));
    }
}

/// How often it had to ask.
fn poll(polls: Polls, which: usize, times: u32, world: &World, channels: &Channels) -> String {
    let start = Instant::now();
    let other = matches!(polls, Polls::End).then(|| thread::spawn(|| thread::sleep(Duration::from_millis(1))));
    let succeeds = |_: &u32| match polls {
        Polls::Receive => channels.receivers[which].try_lock().is_ok_and(|receiver| receiver.try_recv().is_ok()),
        Polls::Lock => world.mutexes[which].try_lock().is_ok(),
        Polls::Read => *world.locks[which].read().unwrap() > 0,
        Polls::Computed => world.cells[which].get().is_some(),
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

fn never_runs_back(timeline: &Timeline) -> bool {
    timeline.events().is_sorted_by_key(|event| event.at)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_program_has_one_timeline(program in any_program()) {
        let first = run(&program);
        prop_assert!(never_runs_back(&first.0));
        prop_assert_eq!(first.0.to_string().parse(), Ok(first.0.clone()));
        for _ in 0..3 {
            prop_assert_eq!(&run(&program), &first);
        }
    }

    #[test]
    fn text_and_timeline_say_the_same(events in prop::collection::vec((0..u64::MAX / 2, ".*", ".*"), 0..6)) {
        let lines = events.iter().map(|(nanos, task, what)| {
            timeline::Event { at: Duration::from_nanos(*nanos), task: task.clone(), what: what.clone() }.to_string()
        });
        let text = lines.collect::<Vec<_>>().join("\n");
        let timeline: Timeline = text.parse().unwrap();
        prop_assert_eq!(timeline.to_string(), text);
        let read: Vec<_> = timeline.events().iter().map(|event| (event.task.clone(), event.what.clone())).collect();
        prop_assert_eq!(read, events.into_iter().map(|(_, task, what)| (task, what)).collect::<Vec<_>>());
    }
}

#[test]
fn the_same_timeline_two_hundred_times() {
    let busy = |index: usize| {
        vec![
            Step::Send(0),
            Step::Lock(0, 2),
            Step::Sleep(index as u64 % 3),
            Step::Receive(0, Some(3)),
            Step::Unpark(index + 1),
            Step::Park(Some(4)),
            Step::Notify(1, true),
            Step::Wait(1, Some(2)),
            Step::Child(1),
            Step::Yield,
            Step::Lock(1, 1),
        ]
    };
    let program: Program = (0..8).map(busy).collect();
    let first = run(&program);
    assert_eq!(first.1, None);
    for _ in 1..200 {
        assert_eq!(run(&program), first);
    }
}

/// Draws programs, and runs each a thousand times while two threads keep the machine busy.
#[test]
#[ignore = "takes minutes: for who changes the scheduler"]
fn the_same_timeline_a_thousand_times_on_a_busy_machine() {
    static DONE: AtomicBool = AtomicBool::new(false);
    let busy: Vec<_> = (0..2)
        .map(|_| {
            std::thread::spawn(|| {
                while !DONE.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            })
        })
        .collect();
    let mut runner = proptest::test_runner::TestRunner::default();
    for _ in 0..PROGRAMS {
        let program = any_program().new_tree(&mut runner).unwrap().current();
        let first = run(&program);
        for _ in 1..1000 {
            assert_eq!(run(&program), first, "{program:?}");
        }
    }
    DONE.store(true, Ordering::Relaxed);
    busy.into_iter().for_each(|thread| thread.join().unwrap());
}
