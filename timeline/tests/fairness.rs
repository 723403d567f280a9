//! First come, first served: whoever waits longest is next.

use pretty_assertions::assert_eq;
use timeline::sync::{Arc, Barrier, Condvar, Mutex, RwLock, mpsc};
use timeline::time::Duration;
use timeline::{Timeline, record, simulate, thread};

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn lines(timeline: &Timeline) -> Vec<String> {
    timeline.events().iter().map(|event| format!("{} {} {}", event.at.as_millis(), event.task, event.what)).collect()
}

#[test]
fn a_mutex_goes_to_who_has_waited_longest() {
    let timeline = simulate(|| {
        let mutex = Mutex::new(());
        thread::scope(|scope| {
            for (name, arrives) in [("A", 0), ("B", 1), ("C", 2), ("D", 3)] {
                let mutex = &mutex;
                scope.spawn(move || {
                    thread::sleep(ms(arrives));
                    let _guard = mutex.lock().unwrap();
                    record(name, "locked");
                    thread::sleep(ms(10));
                });
            }
        });
    });
    assert_eq!(lines(&timeline), ["0 A locked", "10 B locked", "20 C locked", "30 D locked"]);
}

#[test]
fn who_comes_as_the_mutex_is_unlocked_does_not_overtake() {
    let timeline = simulate(|| {
        let mutex = Mutex::new(());
        thread::scope(|scope| {
            scope.spawn(|| {
                let guard = mutex.lock().unwrap();
                thread::sleep(ms(10));
                drop(guard);
                assert!(mutex.try_lock().is_err());
                let _again = mutex.lock().unwrap();
                record("A", "again");
            });
            scope.spawn(|| {
                let _guard = mutex.lock().unwrap();
                record("B", "locked");
                thread::sleep(ms(1));
            });
            scope.spawn(|| {
                thread::sleep(ms(10));
                let _guard = mutex.lock().unwrap();
                record("C", "locked");
            });
        });
    });
    assert_eq!(lines(&timeline), ["10 B locked", "11 C locked", "11 A again"]);
}

#[test]
fn a_loop_that_locks_starves_nobody() {
    let timeline = simulate(|| {
        let stop = Mutex::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                loop {
                    let stop = stop.lock().unwrap();
                    thread::sleep(ms(1));
                    if *stop {
                        break;
                    }
                }
            });
            scope.spawn(|| {
                *stop.lock().unwrap() = true;
                record("other", "locked");
            });
        });
    });
    assert_eq!(lines(&timeline), ["1 other locked"]);
}

#[test]
fn who_waits_for_a_condvar_is_notified_and_locks_in_order() {
    for all in [false, true] {
        let timeline = simulate(|| {
            let (mutex, condvar) = (Mutex::new(0), Condvar::new());
            thread::scope(|scope| {
                for name in ["A", "B", "C"] {
                    let (mutex, condvar) = (&mutex, &condvar);
                    scope.spawn(move || {
                        let guard = condvar.wait(mutex.lock().unwrap()).unwrap();
                        record(name, "notified");
                        thread::sleep(ms(1));
                        drop(guard);
                    });
                }
                thread::sleep(ms(5));
                if all {
                    condvar.notify_all();
                } else {
                    (0..3).for_each(|_| condvar.notify_one());
                }
            });
        });
        assert_eq!(lines(&timeline), ["5 A notified", "6 B notified", "7 C notified"]);
    }
}

#[test]
fn room_in_a_channel_goes_to_the_sender_that_has_waited_longest() {
    for bound in [0, 1, 2] {
        let timeline = simulate(|| {
            let (sender, receiver) = mpsc::sync_channel(bound);
            (0..bound).for_each(|_| sender.send("filled").unwrap());
            for (name, arrives) in [("A", 1), ("B", 2), ("C", 3)] {
                let sender = sender.clone();
                thread::spawn(move || {
                    thread::sleep(ms(arrives));
                    sender.send(name).unwrap();
                    record(name, "sent");
                });
            }
            // Comes at the instant at which the room does, and before those who wait run.
            thread::spawn(move || {
                thread::sleep(ms(10));
                assert_eq!(sender.try_send("late"), Err(mpsc::TrySendError::Full("late")));
                sender.send("late").unwrap();
            });
            thread::sleep(ms(10));
            let received: Vec<_> = (0..bound + 4).map(|_| receiver.recv().unwrap()).collect();
            assert_eq!(received[bound..], ["A", "B", "C", "late"]);
        });
        assert_eq!(lines(&timeline), ["10 A sent", "10 B sent", "10 C sent"]);
    }
}

#[test]
fn readers_do_not_starve_a_writer() {
    let timeline = simulate(|| {
        let lock = RwLock::new(0);
        thread::scope(|scope| {
            for (name, arrives) in [("A", 0), ("B", 1), ("C", 3), ("D", 4)] {
                let lock = &lock;
                scope.spawn(move || {
                    thread::sleep(ms(arrives));
                    let value = lock.read().unwrap();
                    record(name, format_args!("reads {value}"));
                    thread::sleep(ms(10));
                });
            }
            scope.spawn(|| {
                thread::sleep(ms(2));
                let mut value = lock.write().unwrap();
                record("writer", "writes");
                thread::sleep(ms(10));
                *value += 1;
            });
        });
    });
    let expected = ["0 A reads 0", "1 B reads 0", "11 writer writes", "21 C reads 1", "21 D reads 1"];
    assert_eq!(lines(&timeline), expected);
}

#[test]
fn a_reader_does_not_overtake_a_writer_that_waits_and_neither_does_try_read() {
    simulate(|| {
        let lock = Arc::new(RwLock::new(()));
        let read = lock.read().unwrap();
        let other = Arc::clone(&lock);
        let writer = thread::spawn(move || drop(other.write().unwrap()));
        thread::yield_now();
        assert!(lock.try_read().is_err());
        drop(read);
        writer.join().unwrap();
        assert!(lock.try_read().is_ok());
        assert!(lock.try_write().is_ok());
    });
}

#[test]
fn a_barrier_lets_go_in_the_order_of_arrival() {
    let timeline = simulate(|| {
        let barrier = Barrier::new(3);
        thread::scope(|scope| {
            for (name, arrives) in [("A", 3), ("B", 1), ("C", 2)] {
                let barrier = &barrier;
                scope.spawn(move || {
                    for _ in 0..2 {
                        thread::sleep(ms(arrives));
                        let leads = barrier.wait().is_leader();
                        record(name, leads);
                    }
                });
            }
        });
    });
    let round = |at| [format!("{at} A true"), format!("{at} B false"), format!("{at} C false")];
    assert_eq!(lines(&timeline), [round(3), round(6)].concat());
}
