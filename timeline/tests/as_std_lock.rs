//! `Mutex` and `Condvar`, against std itself: what std documents holds for both, in the order of its documentation.
//!
//! Each body is compiled three times: with std's types, with the mirror's in real time, and with the mirror's in a
//! simulation.

#[macro_use]
mod common;

as_std! {
    fn the_last_increment_sends_a_message() {
        let total = Arc::new(Mutex::new(0));
        let (done, is_done) = mpsc::channel();
        for _ in 0..10 {
            let (total, done) = (Arc::clone(&total), done.clone());
            thread::spawn(move || {
                let mut total = total.lock().unwrap();
                *total += 1;
                if *total == 10 {
                    done.send(*total).unwrap();
                }
            });
        }
        assert_eq!(is_done.recv(), Ok(10));
    }

    fn a_poisoned_lock_still_gives_access() {
        let lock = Arc::new(Mutex::new(0_u32));
        let poisons = Arc::clone(&lock);
        let panicked = thread::spawn(move || {
            let _guard = poisons.lock().unwrap();
            panic!("poison, as this test wants it");
        });
        assert!(panicked.join().is_err());
        let mut guard = match lock.lock() {
            Ok(_) => unreachable!("the lock is poisoned"),
            Err(poisoned) => poisoned.into_inner(),
        };
        *guard += 1;
        assert_eq!(*guard, 1);
    }

    fn a_temporary_guard_unlocks_at_the_end_of_its_statement() {
        let (numbers, sum) = (Arc::new(Mutex::new(vec![1, 2, 3, 4])), Arc::new(Mutex::new(0)));
        let double = |numbers: &Mutex<Vec<i32>>| {
            let mut numbers = numbers.lock().unwrap();
            let doubled = numbers.iter().map(|number| number * 2).sum();
            numbers.push(doubled);
            doubled
        };
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let (numbers, sum) = (Arc::clone(&numbers), Arc::clone(&sum));
                thread::spawn(move || *sum.lock().unwrap() += double(&numbers))
            })
            .collect();
        *sum.lock().unwrap() += double(&numbers);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(*sum.lock().unwrap(), 800);
    }

    fn a_lock_excludes_all_others() {
        let total = Arc::new(Mutex::new(0));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let total = Arc::clone(&total);
                thread::spawn(move || {
                    for _ in 0..100 {
                        let mut total = total.lock().unwrap();
                        let seen = *total;
                        thread::yield_now();
                        *total = seen + 1;
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(*total.lock().unwrap(), 400);
        assert_eq!(Arc::into_inner(total).unwrap().into_inner().unwrap(), 400);
    }

    fn a_lock_shows_what_was_written_in_another_thread() {
        let mutex = Arc::new(Mutex::new(0));
        let other = Arc::clone(&mutex);
        thread::spawn(move || *other.lock().unwrap() = 10).join().unwrap();
        assert_eq!(*mutex.lock().unwrap(), 10);
        let other = Arc::clone(&mutex);
        thread::spawn(move || **other.try_lock().as_mut().unwrap() = 11).join().unwrap();
        assert_eq!(*mutex.try_lock().unwrap(), 11);
    }

    fn try_lock_never_waits() {
        let mutex = Mutex::new(1);
        let guard = mutex.lock().unwrap();
        assert!(matches!(mutex.try_lock(), Err(TryLockError::WouldBlock)));
        drop(guard);
        *mutex.try_lock().unwrap() += 1;
        let mut mutex = mutex;
        assert_eq!(*mutex.get_mut().unwrap(), 2);
        assert_eq!(format!("{:?}", Mutex::new(3)), "Mutex { data: 3, poisoned: false, .. }");
    }

    fn a_panic_poisons_the_lock() {
        let mutex = Arc::new(Mutex::new(1));
        let clone = Arc::clone(&mutex);
        let panicked = thread::spawn(move || {
            let mut guard = clone.lock().unwrap();
            *guard = 2;
            panic!("poison, as this test wants it");
        });
        assert!(panicked.join().is_err());
        assert!(mutex.is_poisoned());
        assert_eq!(*mutex.lock().unwrap_err().into_inner(), 2);
        assert!(matches!(mutex.try_lock(), Err(TryLockError::Poisoned(_))));
        mutex.clear_poison();
        assert_eq!(*mutex.lock().unwrap(), 2);
    }

    fn poison_can_be_cleared_once_the_value_is_mended() {
        let mutex = Arc::new(Mutex::new(0));
        let poisons = Arc::clone(&mutex);
        let panicked = thread::spawn(move || {
            let _guard = poisons.lock().unwrap();
            panic!("poison, as this test wants it");
        });
        assert!(panicked.join().is_err());
        assert_eq!(format!("{mutex:?}"), "Mutex { data: 0, poisoned: true, .. }");
        let guard = mutex.lock().unwrap_or_else(|mut error| {
            **error.get_mut() = 1;
            mutex.clear_poison();
            error.into_inner()
        });
        assert_eq!((*guard, mutex.is_poisoned()), (1, false));
    }

    fn a_panic_that_began_before_the_lock_does_not_poison_it() {
        struct LocksInDrop(Arc<Mutex<u32>>);
        impl Drop for LocksInDrop {
            fn drop(&mut self) {
                *self.0.lock().unwrap() += 1;
            }
        }
        let mutex = Arc::new(Mutex::new(0));
        let locks = LocksInDrop(Arc::clone(&mutex));
        let panicked = thread::spawn(move || {
            let _locks = locks;
            panic!("as this test wants it");
        });
        assert!(panicked.join().is_err());
        assert_eq!((*mutex.lock().unwrap(), mutex.is_poisoned()), (1, false));
    }

    fn a_poisoned_lock_gives_its_value_away_with_an_error() {
        let mutex = Arc::new(Mutex::new(String::from("value")));
        let poisons = Arc::clone(&mutex);
        let panicked = thread::spawn(move || {
            let _guard = poisons.lock().unwrap();
            panic!("poison, as this test wants it");
        });
        assert!(panicked.join().is_err());
        let mut mutex = Arc::into_inner(mutex).unwrap();
        assert_eq!(mutex.get_mut().unwrap_err().get_ref().as_str(), "value");
        assert_eq!(mutex.into_inner().unwrap_err().into_inner(), "value");
    }

    fn a_lock_protects_a_slice_and_has_the_usual_conversions() {
        let mutex: &Mutex<[u32]> = &Mutex::new([1, 2, 3]);
        mutex.lock().unwrap()[0] = 4;
        assert_eq!(*mutex.lock().unwrap(), [4, 2, 3]);
        assert_eq!(*Mutex::from(5).lock().unwrap(), 5);
        assert_eq!(Mutex::<u32>::default().into_inner().unwrap(), 0);
        let held = Mutex::new(1);
        let _guard = held.lock().unwrap();
        assert!(format!("{held:?}").contains("<locked>"));
    }

    fn a_guard_shows_its_value() {
        let mutex = Mutex::new("value");
        let guard = mutex.lock().unwrap();
        assert_eq!(format!("{guard} {guard:?}"), "value \"value\"");
    }

    fn a_waiting_thread_gives_the_lock_away() {
        let pair = Arc::new((Mutex::new(false), Condvar::new()));
        let clone = Arc::clone(&pair);
        let mut guard = pair.0.lock().unwrap();
        let other = thread::spawn(move || {
            *clone.0.lock().unwrap() = true;
            clone.1.notify_one();
        });
        while !*guard {
            guard = pair.1.wait(guard).unwrap();
        }
        drop(guard);
        other.join().unwrap();
    }

    fn a_condvar_hands_a_turn_on() {
        let pair = Arc::new((Mutex::new(0_usize), Condvar::new()));
        let threads: Vec<_> = (0..4)
            .map(|turn| {
                let pair = Arc::clone(&pair);
                thread::spawn(move || {
                    let (turns, changed) = &*pair;
                    let mut turns = changed.wait_while(turns.lock().unwrap(), |next| *next != turn).unwrap();
                    *turns += 1;
                    drop(turns);
                    changed.notify_all();
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(*pair.0.lock().unwrap(), 4);
    }

    fn a_wait_with_a_timeout_ends_when_the_value_changes() {
        let pair = Arc::new((Mutex::new(false), Condvar::new()));
        let other = Arc::clone(&pair);
        thread::spawn(move || {
            *other.0.lock().unwrap() = true;
            other.1.notify_one();
        });
        let mut started = pair.0.lock().unwrap();
        while !*started {
            started = pair.1.wait_timeout(started, Duration::from_millis(10)).unwrap().0;
        }
    }

    fn wait_timeout_while_ends_when_the_value_changes() {
        let pair = Arc::new((Mutex::new(true), Condvar::new()));
        let other = Arc::clone(&pair);
        thread::spawn(move || {
            *other.0.lock().unwrap() = false;
            other.1.notify_one();
        });
        let guard = pair.0.lock().unwrap();
        let (pending, result) = pair.1.wait_timeout_while(guard, Duration::from_secs(60), |pending| *pending).unwrap();
        assert!(!*pending && !result.timed_out());
    }

    fn wait_timeout_while_tells_by_its_condition() {
        let (mutex, condvar) = (Mutex::new(false), Condvar::new());
        let short = Duration::from_millis(1);
        let (guard, end) = condvar.wait_timeout_while(mutex.lock().unwrap(), short, |set| !*set).unwrap();
        assert!(end.timed_out() && !*guard);
        drop(guard);
        let (_guard, end) = condvar.wait_timeout_while(mutex.lock().unwrap(), Duration::ZERO, |set| *set).unwrap();
        assert!(!end.timed_out());
    }

    fn a_notification_that_nobody_waits_for_is_lost() {
        let (mutex, condvar) = (Mutex::new(()), Condvar::new());
        condvar.notify_one();
        condvar.notify_all();
        // Real condition variables may wake without a reason; this ends when one wait is not ended early.
        while !condvar.wait_timeout(mutex.lock().unwrap(), Duration::from_millis(1)).unwrap().1.timed_out() {}
    }

    fn notify_all_wakes_every_waiting_thread() {
        let state = (Mutex::new((0, false)), Condvar::new());
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    let mut guard = state.0.lock().unwrap();
                    guard.0 += 1;
                    drop(state.1.wait_while(guard, |(_, open)| !*open).unwrap());
                });
            }
            while state.0.lock().unwrap().0 < 3 {
                thread::yield_now();
            }
            state.0.lock().unwrap().1 = true;
            state.1.notify_all();
        });
    }

    fn a_condvar_passes_poison_on() {
        let pair = Arc::new((Mutex::new(false), Condvar::new()));
        let clone = Arc::clone(&pair);
        let mut waited = pair.0.lock();
        let other = thread::spawn(move || {
            let _guard = clone.0.lock().unwrap();
            clone.1.notify_one();
            panic!("poison, as this test wants it");
        });
        while let Ok(guard) = waited {
            waited = pair.1.wait(guard);
        }
        assert!(other.join().is_err());
    }

    fn a_condvar_and_its_results_can_be_shown_and_compared() {
        assert_eq!(format!("{:?}", Condvar::new()), "Condvar { .. }");
        assert_eq!(format!("{:?}", Condvar::default()), "Condvar { .. }");
        let mutex = Mutex::new(());
        let expired = |timeout| Condvar::new().wait_timeout_while(mutex.lock().unwrap(), timeout, |()| true).unwrap().1;
        let (zero, short) = (expired(Duration::ZERO), expired(Duration::from_millis(1)));
        assert_eq!(zero, short);
        assert_eq!(format!("{short:?}"), "WaitTimeoutResult(true)");
    }

    fn the_errors_of_locks_have_their_texts() {
        let mutex = Mutex::new(1);
        let guard = mutex.lock().unwrap();
        let would_block = mutex.try_lock().unwrap_err().to_string();
        assert_eq!(would_block, "try_lock failed because the operation would block");
        drop(guard);
        let poisoned = PoisonError::new(7);
        assert_eq!((*poisoned.get_ref(), poisoned.to_string().starts_with("poisoned lock")), (7, true));
        assert_eq!(TryLockError::from(poisoned).to_string(), "poisoned lock: another task failed inside");
    }
}

/// What std leaves open, the mirror decides: with two mutexes at once, std's condition variable may panic.
#[test]
fn a_simulated_condvar_works_with_two_mutexes_at_once() {
    use timeline::sync::{Condvar, Mutex};
    let timeline = timeline::simulate(|| {
        let (first, second, condvar) = (Mutex::new(()), Mutex::new(()), Condvar::new());
        timeline::thread::scope(|scope| {
            for (name, mutex) in [("first", &first), ("second", &second)] {
                let condvar = &condvar;
                scope.spawn(move || {
                    drop(condvar.wait(mutex.lock().unwrap()).unwrap());
                    timeline::record(name, "woken");
                });
            }
            timeline::thread::yield_now();
            condvar.notify_one();
            condvar.notify_one();
        });
    });
    assert_eq!(timeline.to_string(), "     0 ms  first  woken\n     0 ms  second  woken");
}

/// std says that locking twice either panics or never returns.
#[test]
fn locking_twice_in_a_simulation_is_a_deadlock() {
    let outcome = std::panic::catch_unwind(|| {
        timeline::simulate(|| {
            let mutex = timeline::sync::Mutex::new(());
            let _first = mutex.lock().unwrap();
            drop(mutex.lock());
        })
    });
    assert!(outcome.is_err());
    assert!(timeline::interrupted().unwrap().deadlock.is_some());
}
