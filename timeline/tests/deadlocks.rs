//! A deadlock is found at once, and its report names who waits for what, and where.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pretty_assertions::assert_eq;
use timeline::sync::{Arc, Condvar, Mutex, mpsc};
use timeline::time::Duration;
use timeline::{Deadlock, record, simulate, thread};

/// Runs a program that must end in a deadlock.
fn deadlock(program: impl FnOnce()) -> Deadlock {
    let outcome = catch_unwind(AssertUnwindSafe(|| simulate(program)));
    let message = outcome.expect_err("the program ends in a deadlock").downcast::<String>().unwrap();
    let deadlock = timeline::interrupted().unwrap().deadlock.expect("the panic is that of a deadlock");
    assert_eq!(*message, deadlock.to_string());
    deadlock
}

/// The report without the columns of the places.
fn waits(deadlock: &Deadlock) -> Vec<String> {
    deadlock.waiting.iter().map(|waiting| format!("{} waits for {}", waiting.thread, waiting.what)).collect()
}

#[test]
fn a_lock_taken_twice() {
    let line = line!() + 4;
    let found = deadlock(|| {
        let mutex = Mutex::new(());
        let _first = mutex.lock().unwrap();
        let _second = mutex.lock().unwrap();
    });
    let held = format!("a `Mutex` that main has held since {}:{}:", file!(), line - 1);
    assert!(found.waiting[0].what.starts_with(&held), "{found}");
    assert!(found.waiting[0].location.starts_with(&format!("{}:{line}:", file!())), "{found}");
}

#[test]
fn two_locks_in_two_orders() {
    let found = deadlock(|| {
        let (a, b) = (Mutex::new(()), Mutex::new(()));
        thread::scope(|scope| {
            for (first, second) in [(&a, &b), (&b, &a)] {
                scope.spawn(|| {
                    let _first = first.lock().unwrap();
                    thread::sleep(Duration::from_millis(5));
                    let _second = second.lock().unwrap();
                });
            }
        });
    });
    assert_eq!(found.at, Duration::from_millis(5));
    assert_eq!(found.waiting.len(), 3);
    assert_eq!(found.waiting[0].what, "the end of thread 1");
    assert!(found.waiting[1].what.starts_with("a `Mutex` that thread 2 has held since"), "{found}");
    assert!(found.waiting[2].what.starts_with("a `Mutex` that thread 1 has held since"), "{found}");
}

#[test]
fn each_kind_of_wait_has_its_name() {
    let found = deadlock(|| {
        let named = |name: &str| thread::Builder::new().name(name.to_owned());
        let (_kept, receiver) = mpsc::channel::<()>();
        named("receiver").spawn(move || receiver.recv()).unwrap();
        let (full, _receiver) = mpsc::sync_channel(1);
        full.send(()).unwrap();
        named("sender").spawn(move || full.send(())).unwrap();
        let (rendezvous, _receiver) = mpsc::sync_channel(0);
        named("meeting").spawn(move || rendezvous.send(())).unwrap();
        let (mutex, condvar) = (Mutex::new(()), Condvar::new());
        named("notified").spawn(move || drop(condvar.wait(mutex.lock().unwrap()))).unwrap();
        named("sleeper").spawn(|| thread::sleep(Duration::MAX)).unwrap();
        thread::park();
    });
    let expected = [
        "main waits for `unpark`",
        "receiver waits for a message from a channel",
        "sender waits for room in a channel",
        "meeting waits for a receiver to take its message",
        "notified waits for a `Condvar` to be notified",
        "sleeper waits for the end of time",
    ];
    assert_eq!(waits(&found), expected);
    let here = format!("{}:", file!());
    assert!(found.waiting.iter().all(|waiting| waiting.location.starts_with(&here)), "{found}");
}

#[test]
fn an_iterator_over_a_channel_waits_where_the_loop_stands() {
    let line = line!() + 3;
    let found = deadlock(|| {
        let (_sender, receiver) = mpsc::channel::<()>();
        for () in receiver {}
    });
    assert!(found.waiting[0].location.starts_with(&format!("{}:{line}:", file!())), "{found}");
}

#[test]
fn destructors_that_join_do_not_stand_in_the_way() {
    struct JoinsOnDrop(Option<thread::JoinHandle<()>>);
    impl Drop for JoinsOnDrop {
        fn drop(&mut self) {
            assert!(self.0.take().unwrap().join().is_err());
        }
    }
    let found = deadlock(|| {
        let (_sender, receiver) = mpsc::channel::<()>();
        let _worker = JoinsOnDrop(Some(thread::spawn(move || assert!(receiver.recv().is_err()))));
        thread::park();
    });
    assert_eq!(found.waiting.len(), 2);
}

#[test]
fn threads_of_a_scope_unwind_with_it() {
    let token = Arc::new(());
    deadlock(|| {
        thread::scope(|scope| {
            for _ in 0..3 {
                let token = Arc::clone(&token);
                scope.spawn(move || {
                    thread::park();
                    drop(token);
                });
            }
        });
    });
    assert_eq!(Arc::strong_count(&token), 1);
}

#[test]
fn a_deadlock_that_was_caught_is_one_all_the_same() {
    let found = deadlock(|| {
        record("main", "parks");
        assert!(catch_unwind(thread::park).is_err());
        record("main", "says that all is well");
    });
    assert_eq!(waits(&found), ["main waits for `unpark`"]);
}

#[test]
fn the_timeline_until_then_is_kept() {
    let outcome = catch_unwind(|| {
        simulate(|| {
            thread::sleep(Duration::from_millis(3));
            record("main", "parks");
            thread::park();
        })
    });
    assert!(outcome.is_err());
    let seen = timeline::interrupted().unwrap();
    assert_eq!(seen.timeline.to_string(), "     3 ms  main  parks");
}
