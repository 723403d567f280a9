//! What a simulation traces by itself.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use pretty_assertions::assert_eq;
use timeline::sync::Mutex;
use timeline::{Timeline, TraceKind, probe, record, simulate, simulate_async, thread};

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// The trace as lines, with the lanes and what was noticed.
fn trace(timeline: &Timeline) -> Vec<String> {
    timeline.trace().iter().map(|event| format!("{} {} {:?}", event.at.as_millis(), event.lane, event.what)).collect()
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
    // The name of the lock contains a location.
    let seen = trace(&timeline).into_iter().map(|line| match line.split_once("Waits(\"a `Mutex`") {
        Some((before, _)) => format!("{before}Waits(\"a lock\")"),
        None => line,
    });
    assert_eq!(seen.collect::<Vec<_>>(), expected);
}

#[test]
fn a_wait_with_a_timeout_has_a_deadline() {
    let timeline = simulate(|| thread::park_timeout(ms(5)));
    assert_eq!(trace(&timeline)[0], "0 main WaitsUntil(\"`unpark`\", 5ms)");
}

#[test]
fn a_wait_that_is_over_at_once_ends_in_the_trace() {
    let timeline = simulate(|| {
        thread::sleep(ms(3));
        thread::park_timeout(ms(0));
    });
    let expected = ["3 main WaitsUntil(\"`unpark`\", 3ms)", "3 main Woken(\"\")", "3 main Runs"];
    assert_eq!(trace(&timeline)[4..], expected);
}

#[test]
fn every_trace_event_can_be_parsed_from_its_line() {
    let timeline = simulate(|| {
        thread::park_timeout(Duration::ZERO);
        thread::park_timeout(ms(5));
        thread::spawn(thread::yield_now).join().expect("no thread panics");
    });
    assert_eq!(timeline.trace()[0].what, TraceKind::WaitsUntil("`unpark`".into(), Duration::ZERO));
    for event in timeline.trace() {
        assert_eq!(event.to_string().parse().as_ref(), Ok(event));
    }
}

#[test]
fn blocked_and_idle_event_loops_are_different() {
    let timeline = simulate_async(async {
        tokio::time::sleep(ms(10)).await;
        record("Task 1", "started");
        thread::sleep(ms(20));
        tokio::time::sleep(ms(30)).await;
        record("Task 1", "finished");
    });
    assert_eq!(trace(&timeline), ["0 main Idle(10ms)", "10 main Blocks(30ms)", "30 main Idle(60ms)"]);
    let blocked = &timeline.trace()[1];
    assert_eq!((blocked.task.as_str(), blocked.after), ("Task 1", 1));
}

#[test]
fn a_probe_traces_its_polls_and_what_wakes_it() {
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
    let of_future: Vec<&TraceKind> =
        timeline.trace().iter().filter(|event| event.lane == "Future").map(|event| &event.what).collect();
    let woken = TraceKind::Woken("thread 1".into());
    assert_eq!(
        of_future,
        [&TraceKind::Polled, &TraceKind::PollEnded(false), &woken, &TraceKind::Polled, &TraceKind::PollEnded(true)]
    );
}

#[test]
fn the_trace_does_not_count_in_comparisons() {
    let timeline = simulate(|| {
        thread::sleep(ms(1));
        record("a", "b");
    });
    assert!(!timeline.trace().is_empty());
    assert_eq!(timeline.to_string().parse(), Ok(timeline));
}

#[test]
fn an_endless_trace_is_cut_off_and_changes_nothing_else() {
    let timeline = simulate(|| {
        for _ in 0..5000 {
            thread::sleep(ms(1));
        }
        record("main", "ended");
    });
    assert_eq!((timeline.trace().len(), timeline.end()), (2000, ms(5000)));
}

/// What the crate's documentation says, so that nobody relies on the opposite.
#[test]
fn any_code_can_make_a_timeline_by_parsing_or_by_simulating() {
    let parsed: Timeline = "  3000 ms  Task 1  finished".parse().expect("it is the text of a timeline");
    let simulated = simulate(|| {
        thread::sleep(ms(3000));
        record("Task 1", "finished");
    });
    assert_eq!((parsed.end(), &parsed), (ms(3000), &simulated));
    assert_eq!(Timeline::default().to_string().parse(), Ok(Timeline::default()));
}
