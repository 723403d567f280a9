//! Random programs of threads, sleeps, locks, channels, condition variables and parks, of polling, and of what threads
//! leave behind when they end: each has one timeline, ends, and never steps back in time.

mod program;
mod run;

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use pretty_assertions::assert_eq;
use program::{RandomProgram, Step, any_program};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use run::run;
use timeline::Timeline;

/// How many programs are run a thousand times each.
const PROGRAMS: usize = 10;

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
    let program = RandomProgram { threads: (0..8).map(busy).collect(), has_pacemaker: false };
    let first = run(&program);
    assert_eq!(first.1, None);
    for _ in 1..200 {
        assert_eq!(run(&program), first);
    }
}

/// Tells a process of this test which program to run.
const SEED: &str = "ANY_MIXTURE_SEED";

/// What a process of this test prints before the outcome of its program.
const OUTCOME: &str = "outcome: ";

/// The program that is drawn with this seed.
fn program_of(seed: u64) -> RandomProgram {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    any_program().new_tree(&mut TestRunner::new_with_rng(ProptestConfig::default(), rng)).unwrap().current()
}

/// A seed that is different each time.
fn new_seed() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Keeps two threads busy until it is dropped.
struct BusyLoops(Arc<AtomicBool>, Vec<JoinHandle<()>>);

impl BusyLoops {
    fn start() -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let spin = |done: Arc<AtomicBool>| {
            move || {
                while !done.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            }
        };
        let threads = (0..2).map(|_| std::thread::spawn(spin(Arc::clone(&done)))).collect();
        Self(done, threads)
    }
}

impl Drop for BusyLoops {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
        self.1.drain(..).for_each(|thread| thread.join().unwrap());
    }
}

/// The subject of the test below, in a process of its own.
#[test]
fn a_process_runs_its_program() {
    if let Ok(seed) = std::env::var(SEED) {
        let (timeline, report) = run(&program_of(seed.parse().unwrap()));
        println!("{OUTCOME}{:?}", (timeline.to_string(), report));
    }
}

fn outcome_in_a_process(seed: u64) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "a_process_runs_its_program", "--nocapture"]).env(SEED, seed.to_string());
    let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let outcome = output.lines().find_map(|line| line.split_once(OUTCOME));
    outcome.unwrap_or_else(|| panic!("the process with seed {seed} printed {output}")).1.to_owned()
}

#[test]
#[ignore = "takes minutes: CONTRIBUTING.md says when to run it"]
fn a_hundred_programs_have_one_timeline_in_ten_processes_each_on_a_busy_machine() {
    let _busy = BusyLoops::start();
    let mut deadlocks = 0;
    for number in 0..100 {
        let seed = new_seed();
        let first = outcome_in_a_process(seed);
        deadlocks += u32::from(!first.ends_with("None)"));
        for _ in 1..10 {
            assert_eq!(outcome_in_a_process(seed), first, "program {number}, seed {seed}: {:?}", program_of(seed));
        }
    }
    println!("{deadlocks} of 100 programs ended in a deadlock");
}

#[test]
#[ignore = "takes minutes: CONTRIBUTING.md says when to run it"]
fn the_same_timeline_a_thousand_times_on_a_busy_machine() {
    let _busy = BusyLoops::start();
    for number in 1..=PROGRAMS {
        let seed = new_seed();
        let program = program_of(seed);
        let first = run(&program);
        for _ in 1..1000 {
            assert_eq!(run(&program), first, "seed {seed}: {program:?}");
        }
        println!("{number}: {} events, {:?}", first.0.events().len(), first.1);
    }
}
