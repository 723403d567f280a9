//! Threads and instants, against std itself: what std documents holds for both, in the order of its documentation.
//!
//! Each body is compiled three times: with std's types, with the mirror's in real time, and with the mirror's in a
//! simulation.

#[macro_use]
mod common;

as_std! {
    fn a_thread_returns_its_result() {
        let computation = thread::spawn(|| 42);
        assert_eq!(computation.join().unwrap(), 42);
        assert!(thread::available_parallelism().unwrap().get() >= 1);
    }

    fn two_threads_share_a_channel() {
        let (sender, receiver) = mpsc::channel();
        let sending = thread::spawn(move || sender.send("Hello, thread".to_owned()).unwrap());
        let receiving = thread::spawn(move || receiver.recv().unwrap());
        sending.join().unwrap();
        assert_eq!(receiving.join().unwrap(), "Hello, thread");
    }

    fn a_thread_has_its_name_and_its_own_id() {
        let builder = thread::Builder::new().name("worker".into());
        let named = builder.spawn(|| thread::current().name().map(str::to_owned)).unwrap();
        assert_eq!(named.thread().name(), Some("worker"));
        assert_ne!(named.thread().id(), thread::current().id());
        assert_eq!(named.join().unwrap().as_deref(), Some("worker"));
    }

    fn a_thread_knows_whether_it_panics() {
        struct Reports(mpsc::Sender<bool>);
        impl Drop for Reports {
            fn drop(&mut self) {
                self.0.send(thread::panicking()).unwrap();
            }
        }
        let (sender, receiver) = mpsc::channel();
        let reports = [Reports(sender.clone()), Reports(sender)];
        for (index, reports) in reports.into_iter().enumerate() {
            let panicked = thread::spawn(move || {
                let _reports = reports;
                assert!(index == 0, "as this test wants it");
            });
            assert_eq!(panicked.join().is_err(), index == 1);
        }
        assert_eq!((receiver.recv(), receiver.recv(), thread::panicking()), (Ok(false), Ok(true), false));
    }

    fn a_parked_thread_waits_for_a_flag() {
        let flag = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&flag);
        let parked = thread::spawn(move || {
            while !seen.load(Ordering::Acquire) {
                thread::park();
            }
        });
        thread::sleep(Duration::from_millis(2));
        flag.store(true, Ordering::Release);
        parked.thread().unpark();
        parked.join().unwrap();
    }

    fn park_uses_up_one_unpark() {
        thread::current().unpark();
        thread::current().unpark();
        thread::park();
        thread::park_timeout(Duration::from_millis(1));
        let main = thread::current();
        let other = thread::spawn(move || main.unpark());
        thread::park();
        other.join().unwrap();
    }

    fn park_timeout_can_be_restarted_until_the_time_is_over() {
        let (timeout, start) = (Duration::from_millis(5), Instant::now());
        while let Some(rest) = timeout.checked_sub(start.elapsed()).filter(|rest| !rest.is_zero()) {
            thread::park_timeout(rest);
        }
        assert!(start.elapsed() >= timeout);
    }

    fn a_scope_lends_and_waits() {
        let mut numbers = vec![1, 2, 3];
        let text = String::from("shared");
        let length = thread::scope(|scope| {
            scope.spawn(|| numbers.push(4));
            let inner = scope.spawn(|| scope.spawn(|| text.len()).join().unwrap());
            assert!(inner.join().is_ok());
            scope.spawn(|| text.len()).join().unwrap()
        });
        assert_eq!((numbers.as_slice(), length), (&[1, 2, 3, 4][..], 6));
    }

    fn a_scope_panics_for_its_threads() {
        let outcome = std::panic::catch_unwind(|| {
            thread::scope(|scope| {
                scope.spawn(|| panic!("in the scope, as this test wants it"));
            });
        });
        assert!(outcome.is_err());
        let joined = thread::scope(|scope| scope.spawn(|| panic!("joined, as this test wants it")).join().is_err());
        assert!(joined);
    }

    fn a_scope_waits_even_when_it_panics() {
        let done = sync::atomic::AtomicBool::new(false);
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            thread::scope(|scope| {
                scope.spawn(|| {
                    thread::sleep(Duration::from_millis(5));
                    done.store(true, sync::atomic::Ordering::SeqCst);
                });
                panic!("the scope's own, as this test wants it");
            })
        }));
        assert!(outcome.is_err());
        assert!(done.into_inner());
    }

    fn a_sleep_is_at_least_as_long_as_asked_for() {
        let start = Instant::now();
        thread::sleep(Duration::from_millis(3));
        assert!(start.elapsed() >= Duration::from_millis(3));
        thread::sleep(Duration::ZERO);
        thread::yield_now();
    }

    fn a_builder_sets_name_and_stack() {
        let plain = thread::Builder::new().spawn(|| thread::current().name().is_none()).unwrap();
        assert!(plain.join().unwrap());
        let named = thread::Builder::new().name("foo".into()).stack_size(256 * 1024);
        let named = named.spawn(|| thread::current().name() == Some("foo")).unwrap();
        assert!(named.join().unwrap());
        let invalid = std::panic::catch_unwind(|| thread::Builder::new().name("a\0b".into()).spawn(|| ()).map(drop));
        assert!(invalid.is_err());
    }

    fn a_builder_spawns_in_a_scope() {
        let (mut numbers, mut sum) = (vec![1, 2, 3], 0);
        thread::scope(|scope| {
            let named = |name: &str| thread::Builder::new().name(name.into());
            let first = named("first").spawn_scoped(scope, || thread::current().name().map(str::to_owned)).unwrap();
            assert_eq!(first.join().unwrap().as_deref(), Some("first"));
            named("second").spawn_scoped(scope, || sum += numbers[0] + numbers[2]).unwrap();
        });
        numbers.push(4);
        assert_eq!(sum, numbers.len());
    }

    fn join_hands_over_a_panic() {
        let panicked = thread::spawn(|| -> u32 { std::panic::panic_any(7_u32) });
        assert_eq!(panicked.join().unwrap_err().downcast_ref(), Some(&7_u32));
    }

    fn a_detached_thread_outlives_its_parent() {
        let (sender, receiver) = mpsc::channel();
        let parent = thread::spawn(|| {
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(3));
                sender.send("still alive").unwrap();
            });
        });
        parent.join().unwrap();
        assert_eq!(receiver.recv(), Ok("still alive"));
    }

    fn a_finished_thread_says_so() {
        let thread = thread::spawn(|| ());
        while !thread.is_finished() {
            thread::yield_now();
        }
        thread.join().unwrap();
    }

    fn what_a_thread_did_is_seen_by_who_joins_it() {
        let flag = Arc::new(AtomicBool::new(false));
        let sets = Arc::clone(&flag);
        thread::spawn(move || sets.store(true, Ordering::Relaxed)).join().unwrap();
        assert!(flag.load(Ordering::Relaxed));
    }

    fn each_thread_has_its_own_thread_locals() {
        use std::cell::{Cell, RefCell};
        thread_local! {
            static NUMBER: Cell<u32> = const { Cell::new(1) };
            static WORDS: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
            static LAZY: Cell<u32> = panic!("set before it is read");
        }
        let local: &'static thread::LocalKey<Cell<u32>> = &NUMBER;
        local.set(2);
        let other = thread::spawn(move || {
            let before = local.replace(3);
            WORDS.with_borrow_mut(|words| words.push(before));
            LAZY.set(7);
            (local.get(), WORDS.take(), LAZY.get(), WORDS.try_with(|words| words.borrow().len()).ok())
        });
        assert_eq!(other.join().unwrap(), (3, vec![1], 7, Some(0)));
        assert_eq!((NUMBER.take(), NUMBER.get()), (2, 0));
        assert!(WORDS.with_borrow(Vec::is_empty));
    }

    fn a_thread_local_is_dropped_before_join_returns() {
        use std::cell::Cell;
        struct Sends(mpsc::Sender<&'static str>);
        impl Drop for Sends {
            fn drop(&mut self) {
                self.0.send("dropped").unwrap();
            }
        }
        thread_local!(static KEPT: Cell<Option<Sends>> = const { Cell::new(None) });
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || KEPT.set(Some(Sends(sender)))).join().unwrap();
        assert_eq!(receiver.try_recv(), Ok("dropped"));
        assert_eq!(receiver.try_recv(), Err(mpsc::TryRecvError::Disconnected));
    }

    fn a_scoped_thread_has_a_handle() {
        thread::scope(|scope| {
            let thread = scope.spawn(|| {
                thread::park();
                thread::current().id()
            });
            assert_ne!(thread.thread().id(), thread::current().id());
            assert_eq!(thread.thread().name(), None);
            thread.thread().unpark();
            let id = thread.thread().id();
            while !thread.is_finished() {
                thread::yield_now();
            }
            assert_eq!(thread.join().unwrap(), id);
        });
    }

    fn a_panic_can_be_resumed_by_who_joins() {
        let outcome: thread::Result<()> = thread::spawn(|| panic!("as this test wants it")).join();
        let resumes = std::panic::AssertUnwindSafe(|| std::panic::resume_unwind(outcome.unwrap_err()));
        let resumed = std::panic::catch_unwind(resumes);
        assert_eq!(resumed.unwrap_err().downcast_ref(), Some(&"as this test wants it"));
    }

    fn instants_count_on() {
        let start = Instant::now();
        thread::sleep(Duration::from_millis(2));
        assert!(start.elapsed() >= Duration::from_millis(2));
        let later = start + Duration::from_secs(1);
        assert_eq!(later - start, Duration::from_secs(1));
        assert_eq!(start.duration_since(later), Duration::ZERO);
        assert_eq!(start.checked_duration_since(later), None);
        assert_eq!(later - Duration::from_secs(1), start);
        assert_eq!(start.checked_add(Duration::MAX), None);
    }

    fn instants_are_ordered_and_change_in_place() {
        let start = Instant::now();
        let mut later = start;
        later += Duration::from_secs(2);
        later -= Duration::from_secs(1);
        assert!(later > start && later.checked_sub(Duration::from_secs(1)) == Some(start));
        assert_eq!(later.saturating_duration_since(start), Duration::from_secs(1));
        assert_eq!((start - later, start.saturating_duration_since(later)), (Duration::ZERO, Duration::ZERO));
    }
}

/// std leaves open whether a scope waits for the destructors of thread-locals. A simulated one does.
#[test]
fn a_simulated_scope_waits_for_thread_locals() {
    use std::cell::Cell;
    struct Records;
    impl Drop for Records {
        fn drop(&mut self) {
            timeline::record("thread-local", "dropped");
        }
    }
    thread_local!(static KEPT: Cell<Option<Records>> = const { Cell::new(None) });
    let timeline = timeline::simulate(|| {
        timeline::thread::scope(|scope| {
            scope.spawn(|| KEPT.set(Some(Records)));
        });
        timeline::record("scope", "returned");
    });
    assert_eq!(timeline.to_string(), "     0 ms  thread-local  dropped\n     0 ms  scope  returned");
}

/// What may be sent and shared is what `std` allows.
#[test]
fn the_same_types_cross_threads() {
    fn send<T: Send>() {}
    fn sync<T: Sync>() {}
    send::<timeline::sync::mpsc::Receiver<std::cell::Cell<u32>>>();
    sync::<timeline::sync::mpsc::Sender<std::cell::Cell<u32>>>();
    sync::<timeline::sync::Mutex<std::cell::Cell<u32>>>();
    sync::<timeline::sync::MutexGuard<'_, u32>>();
    static SHARED: timeline::sync::Mutex<u32> = timeline::sync::Mutex::new(0);
    static CHANGED: timeline::sync::Condvar = timeline::sync::Condvar::new();
    CHANGED.notify_all();
    assert_eq!(*SHARED.lock().unwrap(), 0);
}
