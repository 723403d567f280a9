//! What a simulation of blocking code promises.

use std::sync::atomic::{AtomicBool, Ordering};

use pretty_assertions::assert_eq;
use timeline::sync::{Arc, Mutex, mpsc};
use timeline::time::{Duration, Instant};
use timeline::{Timeline, record, simulate, thread};

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn lines(timeline: &Timeline) -> Vec<String> {
    timeline.events().iter().map(|event| format!("{} {} {}", event.at.as_millis(), event.task, event.what)).collect()
}

fn sleeper(name: &'static str, time: Duration) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        record(name, "started");
        thread::sleep(time);
        record(name, "finished");
    })
}

#[test]
fn a_spawned_thread_starts_when_its_parent_waits() {
    let timeline = simulate(|| {
        let child = sleeper("child", ms(2));
        record("main", "goes on");
        child.join().unwrap();
        record("main", "joined");
    });
    assert_eq!(lines(&timeline), ["0 main goes on", "0 child started", "2 child finished", "2 main joined"]);
}

#[test]
fn equal_deadlines_come_in_the_order_of_the_sleeps() {
    let timeline = simulate(|| {
        let all = [sleeper("b", ms(5)), sleeper("a", ms(5)), sleeper("c", ms(5))];
        thread::sleep(ms(5));
        record("main", "slept");
        all.into_iter().for_each(|thread| thread.join().unwrap());
    });
    assert_eq!(lines(&timeline)[3..], ["5 main slept", "5 b finished", "5 a finished", "5 c finished"]);
}

#[test]
fn all_who_wait_for_an_instant_come_before_those_they_wake() {
    let timeline = simulate(|| {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            thread::sleep(ms(5));
            sender.send(()).unwrap();
            record("sender", "sent");
        });
        let other = thread::spawn(|| {
            thread::sleep(ms(5));
            record("other", "slept");
        });
        receiver.recv().unwrap();
        record("main", "received");
        other.join().unwrap();
    });
    assert_eq!(lines(&timeline), ["5 sender sent", "5 other slept", "5 main received"]);
}

#[test]
fn a_sleep_of_zero_lets_the_others_go_first() {
    let timeline = simulate(|| {
        let child = thread::spawn(|| record("child", "ran"));
        thread::sleep(Duration::ZERO);
        record("main", "slept");
        child.join().unwrap();
    });
    assert_eq!(lines(&timeline), ["0 child ran", "0 main slept"]);
}

#[test]
fn a_simulation_ends_with_its_scenario() {
    let timeline = simulate(|| {
        sleeper("too late", ms(2));
        thread::sleep(ms(1));
        record("main", "finished");
    });
    assert_eq!(lines(&timeline), ["0 too late started", "1 main finished"]);
}

#[test]
fn who_waits_for_an_atomic_and_yields_sees_time_pass() {
    let timeline = simulate(|| {
        let done = Arc::new(AtomicBool::new(false));
        let clone = Arc::clone(&done);
        thread::spawn(move || {
            thread::sleep(ms(3));
            clone.store(true, Ordering::SeqCst);
        });
        let second = Arc::clone(&done);
        let other = thread::spawn(move || {
            while !second.load(Ordering::SeqCst) {
                thread::yield_now();
            }
        });
        while !done.load(Ordering::SeqCst) {
            thread::sleep(Duration::ZERO);
        }
        record("main", "saw it");
        other.join().unwrap();
    });
    assert_eq!(lines(&timeline), ["3 main saw it"]);
}

#[test]
fn a_held_lock_makes_the_others_wait() {
    let timeline = simulate(|| {
        let mutex = Mutex::new(());
        thread::scope(|scope| {
            for name in ["a", "b", "c"] {
                let mutex = &mutex;
                scope.spawn(move || {
                    let _guard = mutex.lock().unwrap();
                    record(name, "locked");
                    thread::sleep(ms(10));
                });
            }
        });
        record("main", "done");
    });
    assert_eq!(lines(&timeline), ["0 a locked", "10 b locked", "20 c locked", "30 main done"]);
}

#[test]
fn a_timeout_is_to_the_instant() {
    simulate(|| {
        let start = Instant::now();
        let (_sender, receiver) = mpsc::channel::<()>();
        assert!(receiver.recv_timeout(Duration::from_micros(1500)).is_err());
        assert_eq!(start.elapsed(), Duration::from_micros(1500));
        thread::park_timeout(ms(2));
        assert_eq!(start.elapsed(), Duration::from_micros(3500));
    });
}

#[test]
fn a_wait_of_all_time_is_a_wait_without_end() {
    let timeline = simulate(|| {
        let main = thread::current();
        thread::spawn(move || {
            thread::sleep(ms(7));
            main.unpark();
        });
        thread::park_timeout(Duration::MAX);
        record("main", "unparked");
    });
    assert_eq!(lines(&timeline), ["7 main unparked"]);
}

#[test]
fn a_timer_that_was_beaten_never_fires() {
    let timeline = simulate(|| {
        let (sender, receiver) = mpsc::channel();
        sender.send(1).unwrap();
        let consumer = thread::spawn(move || {
            assert_eq!(receiver.recv_timeout(ms(5)), Ok(1));
            assert_eq!(receiver.recv_timeout(ms(100)), Ok(2));
            record("consumer", "got both");
            thread::sleep(ms(200));
            record("consumer", "slept in full");
        });
        thread::sleep(ms(50));
        sender.send(2).unwrap();
        consumer.join().unwrap();
    });
    assert_eq!(lines(&timeline), ["50 consumer got both", "250 consumer slept in full"]);
}

#[test]
fn a_panic_passes_through_and_leaves_what_was_seen() {
    let panicked = std::panic::catch_unwind(|| {
        simulate(|| {
            record("main", "started");
            panic!("on purpose");
        })
    });
    assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&"on purpose"));
    let seen = timeline::interrupted().unwrap();
    assert_eq!(lines(&seen.timeline), ["0 main started"]);
    assert_eq!(seen.deadlock, None);
    assert!(timeline::interrupted().is_none());
}

#[test]
fn a_panic_in_a_thread_leaves_the_others_alone() {
    let timeline = simulate(|| {
        let other = sleeper("other", ms(2));
        assert!(thread::spawn(|| panic!("on purpose")).join().is_err());
        record("main", "goes on");
        other.join().unwrap();
    });
    assert_eq!(lines(&timeline), ["0 other started", "0 main goes on", "2 other finished"]);
}

#[test]
fn an_endless_record_ends() {
    let panicked = std::panic::catch_unwind(|| {
        simulate(|| {
            loop {
                record("main", "again");
            }
        })
    });
    let message = panicked.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("more than 100000 events"), "{message}");
}

#[test]
fn a_simulation_in_a_simulation_is_refused() {
    let timeline = simulate(|| {
        assert!(std::panic::catch_unwind(|| simulate(|| ())).is_err());
        record("main", "goes on");
    });
    assert_eq!(lines(&timeline), ["0 main goes on"]);
}

#[test]
fn a_handle_may_outlive_its_simulation() {
    let mut kept = None;
    simulate(|| kept = Some((thread::current(), thread::spawn(|| 5))));
    let (main, handle) = kept.unwrap();
    main.unpark();
    assert!(!handle.is_finished());
}

#[test]
fn simulations_side_by_side_do_not_mix() {
    let expected = simulate(|| sleeper("a", ms(5)).join().unwrap());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(simulate(|| sleeper("a", ms(5)).join().unwrap()), expected));
        }
    });
}
