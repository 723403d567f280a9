//! What `std` documents of locks, barriers and of what is computed once, in the order of its documentation.

#[macro_use]
mod common;

as_std! {
    fn a_barrier_is_complete_again_and_again() {
        let barrier = Barrier::new(4);
        let (before, leaders) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for round in 1..=3 {
                        before.fetch_add(1, Ordering::SeqCst);
                        leaders.fetch_add(usize::from(barrier.wait().is_leader()), Ordering::SeqCst);
                        assert!(before.load(Ordering::SeqCst) >= 4 * round);
                    }
                });
            }
        });
        assert_eq!(leaders.into_inner(), 3);
        assert!(Barrier::new(1).wait().is_leader());
        assert!(Barrier::new(0).wait().is_leader());
        let shown = format!("{:?} {:?}", Barrier::new(2), Barrier::new(1).wait());
        assert_eq!(shown, "Barrier { .. } BarrierWaitResult { is_leader: true }");
    }

    fn a_lazy_value_is_computed_when_it_is_first_used() {
        static RUNS: AtomicUsize = AtomicUsize::new(0);
        let mut lazy = LazyLock::new(|| {
            RUNS.fetch_add(1, Ordering::SeqCst);
            92
        });
        let before = RUNS.load(Ordering::SeqCst);
        assert_eq!(format!("{lazy:?}"), "LazyLock(<uninit>)");
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| assert_eq!((*lazy, LazyLock::force(&lazy)), (92, &92)));
            }
        });
        assert_eq!(RUNS.load(Ordering::SeqCst), before + 1);
        assert_eq!(format!("{lazy:?}"), "LazyLock(92)");
        *lazy = 44;
        assert_eq!(*lazy, 44);
        assert_eq!(*LazyLock::<u32>::default(), 0);
    }

    fn a_lazy_value_whose_computation_panics_is_poisoned() {
        let lazy: LazyLock<u32> = LazyLock::new(|| panic!("as this test wants it"));
        let force = || std::panic::catch_unwind(|| *lazy).unwrap_err();
        assert_eq!(force().downcast_ref(), Some(&"as this test wants it"));
        assert_eq!(force().downcast_ref(), Some(&"LazyLock instance has previously been poisoned"));
        assert_eq!(format!("{lazy:?}"), "LazyLock(<uninit>)");
    }

    fn once_runs_once() {
        let (once, runs) = (Once::new(), AtomicUsize::new(0));
        assert!(!once.is_completed());
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    once.call_once(|| {
                        assert!(!once.is_completed());
                        thread::sleep(Duration::from_millis(2));
                        runs.fetch_add(1, Ordering::SeqCst);
                    });
                    assert_eq!(runs.load(Ordering::SeqCst), 1);
                });
            }
        });
        assert!(once.is_completed());
        once.call_once(|| unreachable!());
        once.call_once_force(|_| unreachable!());
        assert_eq!(format!("{once:?}"), "Once { .. }");
    }

    fn once_is_poisoned_by_a_panic_and_healed_by_a_success() {
        let once = Arc::new(Once::new());
        let poisons = Arc::clone(&once);
        assert!(thread::spawn(move || poisons.call_once(|| panic!("as this test wants it"))).join().is_err());
        assert!(!once.is_completed());
        let propagates = Arc::clone(&once);
        let payload = thread::spawn(move || propagates.call_once(|| unreachable!())).join().unwrap_err();
        let message = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let message = message.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap();
        assert_eq!(message, "Once instance has previously been poisoned");
        let waits = Arc::clone(&once);
        assert!(thread::spawn(move || waits.wait()).join().is_err());
        once.call_once_force(|state| {
            assert!(state.is_poisoned());
            assert!(format!("{state:?}").contains("poisoned: true"));
        });
        once.call_once(|| unreachable!());
        Once::new().call_once_force(|state| assert!(!state.is_poisoned()));
    }

    fn who_waits_for_once_does_not_run_it() {
        let ready = Arc::new(Once::new());
        let waiting: Vec<_> = [Once::wait as fn(&Once), Once::wait_force].into_iter().map(|wait| {
            let ready = Arc::clone(&ready);
            thread::spawn(move || {
                wait(&ready);
                assert!(ready.is_completed());
            })
        }).collect();
        thread::sleep(Duration::from_millis(2));
        ready.call_once(|| ());
        waiting.into_iter().for_each(|thread| thread.join().unwrap());
    }

    fn wait_force_outlasts_a_panic() {
        let ready = Arc::new(Once::new());
        let waits = Arc::clone(&ready);
        let waiting = thread::spawn(move || waits.wait_force());
        thread::sleep(Duration::from_millis(1));
        let poisons = Arc::clone(&ready);
        assert!(thread::spawn(move || poisons.call_once(|| panic!("as this test wants it"))).join().is_err());
        thread::sleep(Duration::from_millis(1));
        assert!(!waiting.is_finished());
        ready.call_once_force(|_| ());
        waiting.join().unwrap();
    }

    fn a_cell_is_written_once() {
        let cell = Arc::new(OnceLock::new());
        assert_eq!(cell.get(), None);
        assert_eq!(format!("{cell:?}"), "OnceLock(<uninit>)");
        let writer = Arc::clone(&cell);
        thread::spawn(move || assert_eq!(writer.set(92), Ok(()))).join().unwrap();
        assert_eq!(cell.set(62), Err(62));
        assert_eq!(cell.get(), Some(&92));
        assert_eq!(cell.wait(), &92);
        assert_eq!(cell.get_or_init(|| unreachable!()), &92);
        assert_eq!(format!("{cell:?}"), "OnceLock(92)");
        let mut cell = Arc::into_inner(cell).unwrap();
        *cell.get_mut().unwrap() += 1;
        assert_eq!(cell.clone(), OnceLock::from(93));
        assert_ne!(OnceLock::new(), cell);
        assert_eq!(cell.take(), Some(93));
        assert_eq!(cell.get_mut(), None);
        assert_eq!(cell.take(), None);
        assert_eq!(OnceLock::<()>::default(), OnceLock::new());
        assert_eq!(cell.into_inner(), None);
    }

    fn who_sets_a_cell_that_is_being_computed_waits_and_loses() {
        let cell = OnceLock::new();
        thread::scope(|scope| {
            scope.spawn(|| cell.get_or_init(|| {
                thread::sleep(Duration::from_millis(5));
                1
            }));
            scope.spawn(|| assert_eq!(cell.wait(), &1));
            thread::sleep(Duration::from_millis(1));
            assert_eq!(cell.get(), None);
            assert_eq!(cell.set(2), Err(2));
        });
    }

    fn a_cell_whose_computation_panics_stays_empty() {
        let cell = OnceLock::new();
        let panics = std::panic::AssertUnwindSafe(|| *cell.get_or_init(|| panic!("as this test wants it")));
        assert!(std::panic::catch_unwind(panics).is_err());
        assert_eq!(cell.get(), None);
        assert_eq!(cell.get_or_init(|| 3), &3);
    }

    fn many_read_or_one_writes() {
        let lock = Arc::new(RwLock::new(5));
        {
            let (first, second) = (lock.read().unwrap(), lock.read().unwrap());
            assert_eq!((*first, *second), (5, 5));
            assert_eq!(format!("{first:?} {second}"), "5 5");
            assert!(lock.try_write().is_err());
            let other = Arc::clone(&lock);
            thread::spawn(move || assert!(other.read().is_ok())).join().unwrap();
        }
        {
            let mut writer = lock.write().unwrap();
            *writer += 1;
            assert_eq!(format!("{writer:?} {writer} {lock:?}"), "6 6 RwLock { data: <locked>, poisoned: false, .. }");
            assert!(matches!(lock.try_read(), Err(TryLockError::WouldBlock)));
            assert!(matches!(lock.try_write(), Err(TryLockError::WouldBlock)));
        }
        assert_eq!(*lock.try_read().unwrap(), 6);
        *lock.try_write().unwrap() += 1;
        let mut lock = Arc::into_inner(lock).unwrap();
        *lock.get_mut().unwrap() += 1;
        assert_eq!(lock.into_inner().unwrap(), 8);
        assert_eq!(*RwLock::from(3).read().unwrap(), *RwLock::<i32>::default().read().unwrap() + 3);
    }

    fn only_a_panic_of_a_writer_poisons() {
        let lock = Arc::new(RwLock::new(0));
        let reader = Arc::clone(&lock);
        let read = move || {
            let _guard = reader.read().unwrap();
            panic!("as this test wants it");
        };
        assert!(thread::spawn(read).join().is_err());
        assert!(!lock.is_poisoned());
        let writer = Arc::clone(&lock);
        let write = move || {
            let _guard = writer.write().unwrap();
            panic!("as this test wants it");
        };
        assert!(thread::spawn(write).join().is_err());
        assert!(lock.is_poisoned());
        assert!(lock.read().is_err());
        assert!(matches!(lock.try_read(), Err(TryLockError::Poisoned(_))));
        assert!(matches!(lock.try_write(), Err(TryLockError::Poisoned(_))));
        let guard = lock.write().unwrap_or_else(|mut poisoned| {
            **poisoned.get_mut() = 1;
            lock.clear_poison();
            poisoned.into_inner()
        });
        assert!(!lock.is_poisoned());
        assert_eq!(*guard, 1);
    }

    fn what_can_be_shown_is_shown_as_by_std() {
        let handle = thread::spawn(|| ());
        assert_eq!(format!("{handle:?} {:?}", Condvar::new()), "JoinHandle { .. } Condvar { .. }");
        handle.join().unwrap();
        thread::scope(|scope| {
            assert_eq!(format!("{:?}", scope.spawn(|| ())), "ScopedJoinHandle { .. }");
            assert!(format!("{scope:?}").starts_with("Scope { num_running_threads: "));
        });
        let (sender, receiver) = mpsc::channel::<()>();
        let (bounded, _receiver) = mpsc::sync_channel::<()>(1);
        assert_eq!(format!("{sender:?} {bounded:?} {receiver:?}"), "Sender { .. } SyncSender { .. } Receiver { .. }");
        assert_eq!(format!("{:?}", receiver.iter()), "Iter { rx: Receiver { .. } }");
        assert!(format!("{:?}", Instant::now()).starts_with("Instant {"));
        let builder = format!("{:?}", thread::Builder::new().name("a".into()));
        assert!(builder.starts_with("Builder { name: Some(\"a\"), stack_size: None"));
        assert!(format!("{:?}", thread::current()).starts_with("Thread { id: ThreadId("));
    }
}

/// What may be sent, shared and caught in a panic is what `std` allows.
#[test]
fn the_same_types_cross_threads_and_panics() {
    fn send<T: Send>() {}
    fn sync<T: Sync>() {}
    fn safe<T: std::panic::UnwindSafe + std::panic::RefUnwindSafe>() {}
    use std::cell::Cell;
    use timeline::sync::{Barrier, LazyLock, Once, OnceLock, RwLock, RwLockReadGuard, RwLockWriteGuard};
    send::<RwLock<Cell<u32>>>();
    sync::<RwLock<u32>>();
    sync::<RwLockReadGuard<'_, u32>>();
    sync::<RwLockWriteGuard<'_, u32>>();
    sync::<OnceLock<u32>>();
    sync::<LazyLock<u32, Box<dyn FnOnce() -> u32 + Send>>>();
    send::<timeline::thread::JoinHandle<std::rc::Rc<()>>>();
    sync::<timeline::thread::JoinHandle<std::rc::Rc<()>>>();
    safe::<Barrier>();
    safe::<Once>();
    safe::<OnceLock<u32>>();
    safe::<LazyLock<u32>>();
    safe::<RwLock<Cell<u32>>>();
    safe::<timeline::sync::Mutex<Cell<u32>>>();
    safe::<timeline::sync::Condvar>();
}
