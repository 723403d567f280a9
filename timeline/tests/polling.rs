//! Threads that ask again and again: others get their turns, time passes, and what never ends is reported.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use pretty_assertions::assert_eq;
use timeline::sync::{Arc, Condvar, Mutex, Once, OnceLock, RwLock, mpsc};
use timeline::time::{Duration, Instant};
use timeline::{Deadlock, record, simulate, thread};

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Things that another thread changes, and that one can poll.
#[derive(Default)]
struct Polled {
    flag: AtomicBool,
    mutex: Mutex<bool>,
    condvar: Condvar,
    lock: RwLock<bool>,
    cell: OnceLock<u32>,
}

/// Lets `polls` run until it is true, while another thread lets it become true: at once, and after some time.
fn sees_it(polls: impl Fn(&Polled, &thread::JoinHandle<()>) -> bool) {
    for delay in [0, 3] {
        let first = run(delay, &polls);
        assert_eq!(first, ms(delay));
        for _ in 0..20 {
            assert_eq!(run(delay, &polls), first);
        }
    }
}

fn run(delay: u64, polls: impl Fn(&Polled, &thread::JoinHandle<()>) -> bool) -> Duration {
    let timeline = simulate(|| {
        let shared = Arc::new(Polled::default());
        let changed = Arc::clone(&shared);
        let other = thread::spawn(move || {
            if delay > 0 {
                thread::sleep(ms(delay));
            }
            changed.flag.store(true, Ordering::SeqCst);
            *changed.mutex.lock().unwrap() = true;
            *changed.lock.write().unwrap() = true;
            changed.cell.set(1).unwrap();
        });
        while !polls(&shared, &other) {}
        record("main", "saw it");
    });
    timeline.end()
}

#[test]
fn is_finished() {
    sees_it(|_, other| other.is_finished());
}

#[test]
fn waits_of_zero() {
    sees_it(|_, other| {
        thread::park_timeout(Duration::ZERO);
        other.is_finished()
    });
    sees_it(|shared, _| *shared.condvar.wait_timeout(shared.mutex.lock().unwrap(), Duration::ZERO).unwrap().0);
    sees_it(|shared, _| {
        let guard = shared.mutex.lock().unwrap();
        *shared.condvar.wait_timeout_while(guard, Duration::ZERO, |set| !*set).unwrap().0
    });
    sees_it(|shared, _| {
        thread::sleep(Duration::ZERO);
        shared.flag.load(Ordering::SeqCst)
    });
    sees_it(|shared, _| {
        thread::yield_now();
        shared.flag.load(Ordering::SeqCst)
    });
}

#[test]
fn a_zero_wait_of_any_kind_lets_an_atomic_change() {
    sees_it(|shared, _| {
        thread::park_timeout(Duration::ZERO);
        shared.flag.load(Ordering::SeqCst)
    });
    sees_it(|shared, _| {
        let guard = shared.mutex.lock().unwrap();
        drop(shared.condvar.wait_timeout(guard, Duration::ZERO));
        shared.flag.load(Ordering::SeqCst)
    });
    sees_it(|shared, _| {
        let (_sender, receiver) = mpsc::channel::<()>();
        assert_eq!(receiver.recv_timeout(Duration::ZERO), Err(mpsc::RecvTimeoutError::Timeout));
        shared.flag.load(Ordering::SeqCst)
    });
}

#[test]
fn what_a_lock_guards() {
    sees_it(|shared, _| *shared.mutex.lock().unwrap());
    sees_it(|shared, _| *shared.mutex.try_lock().unwrap());
    sees_it(|shared, _| *shared.lock.read().unwrap());
    sees_it(|shared, _| *shared.lock.try_read().unwrap());
    sees_it(|shared, _| *shared.lock.write().unwrap());
}

#[test]
fn what_a_cell_holds() {
    sees_it(|shared, _| shared.cell.get().is_some());
}

#[test]
fn a_clock_that_others_move() {
    sees_it(|shared, _| {
        let _ = Instant::now();
        shared.flag.load(Ordering::SeqCst)
    });
    let timeline = simulate(|| {
        thread::spawn(|| thread::sleep(ms(5)));
        let start = Instant::now();
        while start.elapsed() < ms(5) {}
        record("main", "saw it");
    });
    assert_eq!(timeline.end(), ms(5));
}

#[test]
fn a_held_lock() {
    let timeline = simulate(|| {
        let mutex = Arc::new(Mutex::new(()));
        let lock = Arc::new(RwLock::new(()));
        let (held_mutex, held_lock) = (mutex.clone(), lock.clone());
        thread::spawn(move || {
            let _held = (held_mutex.lock().unwrap(), held_lock.write().unwrap());
            thread::sleep(ms(3));
        });
        thread::yield_now();
        while mutex.try_lock().is_err() {}
        record("main", "has the mutex");
        let _writer = loop {
            assert!(lock.try_read().is_ok());
            if let Ok(guard) = lock.try_write() {
                break guard;
            }
        };
    });
    assert_eq!(timeline.end(), ms(3));
}

#[test]
fn messages_and_room_for_them() {
    let timeline = simulate(|| {
        let (sender, receiver) = mpsc::sync_channel(1);
        thread::spawn(move || {
            for number in 0..3 {
                thread::sleep(ms(2));
                while sender.try_send(number).is_err() {}
            }
        });
        let mut received = Vec::new();
        while received.len() < 3 {
            received.extend(receiver.try_iter());
        }
        record("main", format_args!("{received:?}"));
        assert_eq!(receiver.try_recv(), Err(mpsc::TryRecvError::Disconnected));
    });
    assert_eq!(timeline.to_string(), "     6 ms  main  [0, 1, 2]");
}

#[test]
fn two_threads_that_poll_each_other() {
    let timeline = simulate(|| {
        let (ping, pinged) = mpsc::channel();
        let (pong, ponged) = mpsc::channel();
        let other = thread::spawn(move || {
            for _ in 0..3 {
                while pinged.try_recv().is_err() {}
                thread::sleep(ms(1));
                pong.send(()).unwrap();
            }
        });
        for _ in 0..3 {
            ping.send(()).unwrap();
            while ponged.try_recv().is_err() {}
        }
        record("main", "done");
        other.join().unwrap();
    });
    assert_eq!(timeline.to_string(), "     3 ms  main  done");
}

/// Runs a program that polls for ever.
fn reported(program: impl FnOnce()) -> Deadlock {
    let outcome = catch_unwind(AssertUnwindSafe(|| simulate(program)));
    let message = outcome.expect_err("the program never ends").downcast::<String>().unwrap();
    let deadlock = timeline::interrupted().unwrap().deadlock.expect("the panic is that of a deadlock");
    assert_eq!(*message, deadlock.to_string());
    deadlock
}

#[test]
fn what_never_comes_is_reported_with_the_call_and_its_line() {
    let line = line!() + 4;
    let found = reported(|| {
        let (_sender, receiver) = mpsc::channel::<()>();
        thread::sleep(ms(7));
        while receiver.try_recv().is_err() {}
    });
    assert_eq!(found.at, ms(7));
    let expected = format!(
        "deadlock at 7 ms: nothing can happen any more\n  main polled `try_recv` 50000 times at 7 ms, at {}:{line}:",
        file!()
    );
    assert!(found.to_string().starts_with(&expected), "{found}");
}

#[test]
fn every_call_that_polls_is_reported_by_its_name() {
    fn name(poll: impl Fn(&Polled, &mpsc::Receiver<()>) + Send + 'static) -> String {
        let found = reported(|| {
            let (_sender, receiver) = mpsc::channel::<()>();
            let shared = Polled::default();
            thread::spawn(thread::park);
            loop {
                poll(&shared, &receiver);
            }
        });
        assert_eq!(found.waiting.len(), 2, "{found}");
        assert_eq!(found.waiting[1].what, "`unpark`");
        assert!(found.waiting[0].location.starts_with(file!()), "{found}");
        found.waiting[0].what.clone()
    }
    let start = Instant::now();
    assert_eq!(name(|_, _| thread::yield_now()), "`yield_now`");
    assert_eq!(name(|_, _| thread::sleep(Duration::ZERO)), "`sleep`");
    assert_eq!(name(|_, _| thread::park_timeout(Duration::ZERO)), "`park_timeout`");
    assert_eq!(name(|_, receiver| assert!(receiver.recv_timeout(Duration::ZERO).is_err())), "`recv_timeout`");
    assert_eq!(name(|_, receiver| assert!(receiver.try_recv().is_err())), "`try_recv`");
    assert_eq!(name(|shared, _| assert!(!*shared.mutex.lock().unwrap())), "`lock`");
    assert_eq!(name(|shared, _| assert!(!*shared.lock.read().unwrap())), "`read`");
    assert_eq!(name(|shared, _| assert!(!shared.mutex.is_poisoned())), "`is_poisoned`");
    assert_eq!(name(|shared, _| assert!(shared.cell.get().is_none())), "`get`");
    assert_eq!(name(|_, _| assert!(!Once::new().is_completed())), "`is_completed`");
    assert_eq!(name(move |_, _| assert!(Instant::now() >= start)), "`Instant::now`");
    let finished = reported(|| {
        let other = thread::spawn(thread::park);
        while !other.is_finished() {}
    });
    assert_eq!(finished.waiting[0].what, "`is_finished`");
}

#[test]
fn several_that_poll_for_ever_are_reported_alike_each_time() {
    let program = || {
        let mutex = Mutex::new(());
        let _held = mutex.lock().unwrap();
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| while mutex.try_lock().is_err() {});
            }
        });
    };
    let first = reported(program);
    let what: Vec<_> = first.waiting.iter().map(|waiting| waiting.what.as_str()).collect();
    assert_eq!(what, ["the end of thread 1", "`try_lock`", "`try_lock`"]);
    assert_eq!(reported(program), first);
}

#[test]
fn much_work_is_no_polling() {
    let timeline = simulate(|| {
        let total = Arc::new(Mutex::new(0));
        let workers: Vec<_> = (0..2)
            .map(|_| {
                let total = Arc::clone(&total);
                thread::spawn(move || (0..200_000).for_each(|_| *total.lock().unwrap() += 1))
            })
            .collect();
        thread::spawn(|| thread::sleep(ms(1)));
        workers.into_iter().for_each(|worker| worker.join().unwrap());
        let (sender, receiver) = mpsc::channel();
        for number in 0..200_000 {
            sender.send(number).unwrap();
            assert_eq!(receiver.try_recv(), Ok(number));
        }
        record("main", total.lock().unwrap());
    });
    assert_eq!(timeline.to_string(), "     0 ms  main  400000");
}
