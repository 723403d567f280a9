//! Tasks that poll without awaiting anything: no other task can run, so they are reported.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pretty_assertions::assert_eq;
use timeline::sync::{Arc, Condvar, Mutex, Once, OnceLock, mpsc};
use timeline::time::{Duration, Instant};
use timeline::{Deadlock, record, simulate_async, thread};

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Things that a task can poll.
#[derive(Default)]
struct Polled {
    mutex: Mutex<bool>,
    condvar: Condvar,
    cell: OnceLock<u32>,
}

/// Lets a task poll for ever, and returns the report.
fn reported_in_a_task(poll: impl Fn(&Polled, &mpsc::Receiver<()>) + 'static) -> Deadlock {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        simulate_async(async move {
            let (_sender, receiver) = mpsc::channel::<()>();
            let shared = Polled::default();
            tokio::time::sleep(ms(7)).await;
            loop {
                poll(&shared, &receiver);
            }
        })
    }));
    let message = outcome.expect_err("the program never ends").downcast::<String>().unwrap();
    let deadlock = timeline::interrupted().unwrap().deadlock.expect("the panic is that of a deadlock");
    assert_eq!((*message, deadlock.at), (deadlock.to_string(), ms(7)));
    assert!(deadlock.waiting[0].location.starts_with(file!()), "{deadlock}");
    deadlock
}

#[test]
fn a_task_that_polls_for_ever_is_reported_by_the_name_of_its_call() {
    let name = |poll: fn(&Polled, &mpsc::Receiver<()>)| reported_in_a_task(poll).waiting[0].what.clone();
    let start = Instant::now();
    let elapsed = reported_in_a_task(move |_, _| {
        let _ = start.elapsed();
    });
    assert_eq!((elapsed.waiting[0].thread.as_str(), elapsed.waiting[0].what.as_str()), ("main", "`elapsed`"));
    assert_eq!(name(|_, _| assert!(Instant::now() >= Instant::now())), "`Instant::now`");
    assert_eq!(name(|_, _| thread::yield_now()), "`yield_now`");
    assert_eq!(name(|_, _| thread::sleep(Duration::ZERO)), "`sleep`");
    assert_eq!(name(|_, receiver| assert!(receiver.try_recv().is_err())), "`try_recv`");
    assert_eq!(name(|_, receiver| assert!(receiver.recv_timeout(Duration::ZERO).is_err())), "`recv_timeout`");
    assert_eq!(name(|shared, _| assert!(!*shared.mutex.lock().unwrap())), "`lock`");
    assert_eq!(name(|shared, _| assert!(shared.cell.get().is_none())), "`get`");
    assert_eq!(name(|_, _| assert!(!Once::new().is_completed())), "`is_completed`");
    let held = |shared: &Polled, _: &_| {
        let _held = shared.mutex.lock().unwrap();
        for _ in 0..3 {
            assert!(shared.mutex.try_lock().is_err());
        }
    };
    assert_eq!(name(held), "`try_lock`");
}

#[test]
fn a_task_that_waits_for_no_time_at_all_is_reported() {
    let name = |poll: fn(&Polled, &mpsc::Receiver<()>)| reported_in_a_task(poll).waiting[0].what.clone();
    assert_eq!(name(|_, _| thread::park_timeout(Duration::ZERO)), "`park_timeout`");
    let wait = |shared: &Polled, _: &_| {
        drop(shared.condvar.wait_timeout(shared.mutex.lock().unwrap(), Duration::ZERO));
    };
    assert_eq!(name(wait), "`wait_timeout`");
}

#[test]
fn a_spawned_task_that_polls_for_ever_is_reported_even_though_tokio_catches_its_panic() {
    let outcome = catch_unwind(|| {
        simulate_async(async {
            let start = Instant::now();
            let busy = tokio::spawn(async move { while start.elapsed() < ms(5) {} });
            assert!(busy.await.is_err());
            record("main", "finished");
        })
    });
    assert!(outcome.is_err());
    let seen = timeline::interrupted().unwrap();
    assert_eq!(seen.timeline.to_string(), "     0 ms  main  finished");
    let waiting = &seen.deadlock.unwrap().waiting[0];
    assert!(waiting.thread.starts_with("task "), "{waiting}");
    assert_eq!((waiting.what.as_str(), waiting.polls), ("`elapsed`", 1_000_000));
}

#[test]
fn a_task_that_awaits_and_only_reads_the_clock_is_reported() {
    let outcome = catch_unwind(|| {
        simulate_async(async {
            let start = Instant::now();
            while start.elapsed() < ms(5) {
                tokio::task::yield_now().await;
            }
        })
    });
    assert!(outcome.is_err());
    assert_eq!(timeline::interrupted().unwrap().deadlock.unwrap().waiting[0].what, "`elapsed`");
}

#[test]
fn much_work_in_a_task_is_no_polling() {
    let timeline = simulate_async(async {
        let total = Arc::new(Mutex::new(0));
        let start = Instant::now();
        for number in 0..300_000 {
            *total.lock().unwrap() += 1;
            assert_eq!((*total.lock().unwrap(), start.elapsed()), (number + 1, Duration::ZERO));
        }
        let (sender, receiver) = mpsc::channel();
        for number in 0..100_000 {
            sender.send(number).unwrap();
            assert_eq!((receiver.try_recv(), receiver.try_recv().is_err()), (Ok(number), true));
        }
        for _ in 0..300 {
            tokio::time::sleep(ms(1)).await;
            for _ in 0..1000 {
                let _ = Instant::now();
            }
        }
        record("main", "finished");
    });
    assert_eq!(timeline.end(), ms(300));
}

#[test]
fn a_loop_that_reads_the_clock_and_ends_is_no_polling() {
    let read_the_clock = || (0..300_000).for_each(|_| assert!(Instant::now() <= Instant::now()));
    assert_eq!(simulate_async(async move { read_the_clock() }).end(), Duration::ZERO);
    assert_eq!(timeline::simulate(read_the_clock).end(), Duration::ZERO);
}

#[test]
fn tasks_that_take_turns_are_no_polling() {
    let timeline = simulate_async(async {
        let poll = || async {
            for _ in 0..40_000 {
                assert!(OnceLock::<u32>::new().get().is_none());
                tokio::task::yield_now().await;
            }
        };
        let tasks: Vec<_> = (0..10).map(|_| tokio::spawn(poll())).collect();
        for task in tasks {
            task.await.unwrap();
        }
        record("main", "finished");
    });
    assert_eq!(timeline.to_string(), "     0 ms  main  finished");
}

#[test]
fn after_a_report_no_other_task_is_blamed() {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        simulate_async(async {
            let polls = tokio::spawn(async { while OnceLock::<u32>::new().get().is_none() {} });
            assert!(polls.await.is_err());
            tokio::spawn(async { assert!(Instant::now() <= Instant::now()) }).await.expect("one call is no polling");
        })
    }));
    outcome.expect_err("the first task polled for ever");
    let deadlock = timeline::interrupted().unwrap().deadlock.unwrap();
    assert_eq!((deadlock.waiting[0].thread.starts_with("task"), deadlock.waiting[0].what.as_str()), (true, "`get`"));
}
