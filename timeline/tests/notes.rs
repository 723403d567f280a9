//! What the clock notes by itself.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use pretty_assertions::assert_eq;
use timeline::sync::Mutex;
use timeline::{Noted, Timeline, probe, record, simulate, simulate_async, thread};

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// The notes as lines, with the lanes and what was noticed.
fn notes(timeline: &Timeline) -> Vec<String> {
    timeline.notes().iter().map(|note| format!("{} {} {:?}", note.at.as_millis(), note.lane, note.what)).collect()
}

#[test]
fn threads_sleep_wait_and_wake_each_other() {
    let timeline = simulate(|| {
        let lock = Mutex::new(());
        thread::scope(|scope| {
            let _held = lock.lock().expect("nobody panics");
            scope.spawn(|| drop(lock.lock().expect("nobody panics")));
            thread::sleep(ms(5));
        });
    });
    let expected = [
        "0 thread 1 Spawned(\"main\")",
        "0 main Sleeps(5ms)",
        "0 thread 1 Runs",
        "0 thread 1 Waits(\"a lock\")",
        "0 main Idle(5ms)",
        "5 main Woken(\"\")",
        "5 main Runs",
        "5 thread 1 Woken(\"main\")",
        "5 main Waits(\"the end of thread 1\")",
        "5 thread 1 Runs",
        "5 thread 1 Ended",
        "5 main Woken(\"thread 1\")",
        "5 main Runs",
    ];
    // Which lock it is stands in the middle.
    let seen = notes(&timeline).into_iter().map(|note| match note.split_once("Waits(\"a `Mutex`") {
        Some((before, _)) => format!("{before}Waits(\"a lock\")"),
        None => note,
    });
    assert_eq!(seen.collect::<Vec<_>>(), expected);
}

#[test]
fn who_waits_at_most_until_some_time_has_a_deadline() {
    let timeline = simulate(|| thread::park_timeout(ms(5)));
    assert_eq!(notes(&timeline)[0], "0 main WaitsUntil(\"`unpark`\", 5ms)");
}

#[test]
fn a_wait_that_is_over_at_once_has_its_end() {
    let timeline = simulate(|| {
        thread::sleep(ms(3));
        thread::park_timeout(ms(0));
    });
    let expected = ["3 main WaitsUntil(\"`unpark`\", 3ms)", "3 main Woken(\"\")", "3 main Runs"];
    assert_eq!(notes(&timeline)[4..], expected);
}

#[test]
fn a_blocked_loop_and_an_idle_one_are_told_apart() {
    let timeline = simulate_async(async {
        tokio::time::sleep(ms(10)).await;
        record("Task 1", "started");
        thread::sleep(ms(20));
        tokio::time::sleep(ms(30)).await;
        record("Task 1", "finished");
    });
    assert_eq!(notes(&timeline), ["0 main Idle(10ms)", "10 main Blocks(30ms)", "30 main Idle(60ms)"]);
    let blocked = &timeline.notes()[1];
    assert_eq!((blocked.task.as_str(), blocked.after), ("Task 1", 1));
}

#[test]
fn a_probe_tells_its_polls_and_who_wakes_it() {
    let timeline = simulate(|| {
        let mut polls = 0;
        let mut future = Box::pin(probe(
            "Future",
            poll_fn(|context| {
                polls += 1;
                let waker = context.waker().clone();
                if polls == 1 {
                    thread::spawn(move || waker.wake());
                }
                if polls == 2 { Poll::Ready(()) } else { Poll::Pending }
            }),
        ));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(future.as_mut().poll(&mut context).is_pending());
        thread::yield_now();
        assert!(future.as_mut().poll(&mut context).is_ready());
    });
    let of_future: Vec<&Noted> =
        timeline.notes().iter().filter(|note| note.lane == "Future").map(|note| &note.what).collect();
    let woken = Noted::Woken("thread 1".into());
    assert_eq!(of_future, [&Noted::Polled, &Noted::PollEnded(false), &woken, &Noted::Polled, &Noted::PollEnded(true)]);
}

#[test]
fn notes_change_no_comparison() {
    let timeline = simulate(|| {
        thread::sleep(ms(1));
        record("a", "b");
    });
    assert!(!timeline.notes().is_empty());
    assert_eq!(timeline.to_string().parse(), Ok(timeline));
}

#[test]
fn endless_notes_are_cut_off_and_disturb_nobody() {
    let timeline = simulate(|| {
        for _ in 0..5000 {
            thread::sleep(ms(1));
        }
        record("main", "ended");
    });
    assert_eq!((timeline.notes().len(), timeline.end()), (2000, ms(5000)));
}
