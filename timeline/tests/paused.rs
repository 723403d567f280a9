//! The bridge to tokio's paused clock.
#![cfg(feature = "tokio")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use pretty_assertions::assert_eq;
use timeline::time::{Duration, Instant};
use timeline::{Timeline, record, simulate, simulate_async, thread};

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn lines(timeline: &Timeline) -> Vec<String> {
    timeline.events().iter().map(|event| format!("{} {} {}", event.at.as_millis(), event.task, event.what)).collect()
}

fn panic_of(program: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(program)).expect_err("the program panics");
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).expect("a panic has a message")
}

async fn job(name: &'static str, time: Duration) {
    record(name, "started");
    tokio::time::sleep(time).await;
    record(name, "finished");
}

#[test]
fn tasks_sleep_side_by_side() {
    let timeline = simulate_async(async {
        let tasks = [tokio::spawn(job("a", ms(3000))), tokio::spawn(job("b", ms(2000)))];
        for task in tasks {
            task.await.unwrap();
        }
    });
    assert_eq!(lines(&timeline), ["0 a started", "0 b started", "2000 b finished", "3000 a finished"]);
}

#[test]
fn a_blocking_sleep_stalls_the_siblings() {
    let timeline = simulate_async(async {
        let sibling = tokio::spawn(job("sibling", ms(100)));
        tokio::task::yield_now().await;
        let start = Instant::now();
        thread::sleep(ms(500));
        assert_eq!(start.elapsed(), ms(500));
        record("main", "slept");
        sibling.await.unwrap();
    });
    assert_eq!(lines(&timeline), ["0 sibling started", "500 main slept", "500 sibling finished"]);
}

#[test]
fn blocking_code_is_simulated_inside() {
    let mut inner = None;
    let outer = simulate_async(async {
        tokio::time::sleep(ms(1000)).await;
        inner = Some(simulate(|| {
            let start = Instant::now();
            let sleepers = [ms(20), ms(10)].map(|time| {
                thread::spawn(move || {
                    thread::sleep(time);
                    record("sleeper", format_args!("{time:?}"));
                })
            });
            sleepers.into_iter().for_each(|sleeper| sleeper.join().unwrap());
            assert_eq!(start.elapsed(), ms(20));
        }));
        record("main", "after");
        tokio::time::sleep(ms(5)).await;
        record("main", "slept");
    });
    assert_eq!(lines(&inner.unwrap()), ["1010 sleeper 10ms", "1020 sleeper 20ms"]);
    assert_eq!(lines(&outer), ["1010 sleeper 10ms", "1020 sleeper 20ms", "1020 main after", "1025 main slept"]);
}

#[test]
fn other_threads_of_the_runtime_record_too() {
    let timeline = simulate_async(async {
        tokio::time::sleep(ms(7)).await;
        tokio::task::spawn_blocking(|| record("blocking", "ran")).await.unwrap();
    });
    assert_eq!(lines(&timeline), ["7 blocking ran"]);
}

#[test]
fn what_is_dropped_at_the_end_belongs_to_the_timeline() {
    struct RecordsOnDrop;
    impl Drop for RecordsOnDrop {
        fn drop(&mut self) {
            record("guard", "dropped");
        }
    }
    let timeline = simulate_async(async {
        let guard = RecordsOnDrop;
        tokio::spawn(async move {
            let _guard = guard;
            std::future::pending::<()>().await;
        });
        tokio::time::sleep(ms(3)).await;
    });
    assert_eq!(lines(&timeline), ["3 guard dropped"]);
}

#[test]
fn a_future_that_nobody_wakes_is_a_deadlock() {
    let message = panic_of(|| {
        simulate_async(async {
            record("main", "waits");
            std::future::pending::<()>().await;
        });
    });
    let seen = timeline::interrupted().unwrap();
    assert_eq!(seen.deadlock.map(|deadlock| deadlock.to_string()), Some(message));
    assert_eq!(lines(&seen.timeline), ["0 main waits"]);
}

#[test]
fn a_panic_passes_through() {
    let message = panic_of(|| {
        simulate_async(async {
            job("main", ms(1)).await;
            panic!("on purpose");
        });
    });
    assert_eq!(message, "on purpose");
    assert_eq!(lines(&timeline::interrupted().unwrap().timeline), ["0 main started", "1 main finished"]);
}

#[test]
fn what_cannot_be_right_is_refused_with_a_sentence() {
    let spawned = panic_of(|| {
        simulate_async(async { thread::spawn(|| ()) });
    });
    assert!(spawned.contains("call what spawns it inside `simulate`"), "{spawned}");
    let slept = panic_of(|| {
        simulate_async(async {
            let sleeper = tokio::task::spawn_blocking(|| thread::sleep(ms(5)));
            std::panic::resume_unwind(sleeper.await.unwrap_err().into_panic());
        });
    });
    assert!(slept.contains("await `tokio::time::sleep` in the task"), "{slept}");
    let built = panic_of(|| {
        simulate(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            runtime.block_on(async { record("main", "in a runtime") });
        });
    });
    assert!(built.contains("a tokio runtime was built inside `simulate`"), "{built}");
    let nested = panic_of(|| {
        simulate(|| drop(simulate_async(async {})));
    });
    assert!(nested.contains("`simulate_async` was called inside `simulate`"), "{nested}");
    let twice = panic_of(|| {
        simulate_async(async { drop(simulate_async(async {})) });
    });
    assert!(twice.contains("`simulate_async` was called inside `simulate_async`"), "{twice}");
}

#[test]
fn simulate_works_inside_a_real_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let timeline = runtime.block_on(async {
        simulate(|| {
            thread::spawn(|| thread::sleep(ms(5))).join().unwrap();
            record("main", "joined");
        })
    });
    assert_eq!(lines(&timeline), ["5 main joined"]);
}

#[test]
fn one_timeline_in_two_hundred_runs() {
    let program = || {
        simulate_async(async {
            let (sender, mut receiver) = tokio::sync::mpsc::channel(1);
            for index in 0..5_u64 {
                let sender = sender.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(ms(index % 3)).await;
                    sender.send(index).await.unwrap();
                    thread::sleep(ms(1));
                    record(format_args!("task {index}"), "sent");
                });
            }
            drop(sender);
            while let Some(index) = receiver.recv().await {
                record("main", index);
            }
        })
    };
    let first = program();
    for _ in 1..200 {
        assert_eq!(program(), first);
    }
}
