//! Any mixture of threads, sleeps, locks, channels, condition variables and parks, of polling, and of what threads leave
//! behind when they end: one timeline, no hang, no step back.

mod program;
mod run;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pretty_assertions::assert_eq;
use program::{Program, Step, any_program};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use run::run;
use timeline::Timeline;

/// Programs that are run a thousand times each.
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
    let program: Program = (0..8).map(busy).collect();
    let first = run(&program);
    assert_eq!(first.1, None);
    for _ in 1..200 {
        assert_eq!(run(&program), first);
    }
}

/// Draws programs, and runs each a thousand times while two threads keep the machine busy.
#[test]
#[ignore = "takes minutes: CONTRIBUTING.md says when to run it"]
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
    for number in 1..=PROGRAMS {
        let program = any_program().new_tree(&mut runner).unwrap().current();
        let first = run(&program);
        for _ in 1..1000 {
            assert_eq!(run(&program), first, "{program:?}");
        }
        println!("{number}: {} events, {:?}", first.0.events().len(), first.1);
    }
    DONE.store(true, Ordering::Relaxed);
    busy.into_iter().for_each(|thread| thread.join().unwrap());
}
