//! Any mixture of threads, sleeps, locks, channels, condition variables and parks: one timeline, no hang, no step back.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use timeline::sync::{Condvar, Mutex, mpsc};
use timeline::thread::{self, Thread};
use timeline::time::{Duration, Instant};
use timeline::{Timeline, record, simulate};

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
        1 => (which, any::<bool>()).prop_map(|(which, all)| Step::Notify(which, all)),
        1 => patience.prop_map(Step::Park),
        1 => (0..5_usize).prop_map(Step::Unpark),
        1 => short.prop_map(Step::Child),
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
    }
    String::new()
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
