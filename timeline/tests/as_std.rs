//! The mirror of `std` against `std` itself: what `std` documents holds for both.
//!
//! Each body is compiled three times: with `std`'s types, with the mirror's in real time, and with the mirror's in a
//! simulation.

#[macro_use]
mod common;

use pretty_assertions::assert_eq;

as_std! {
    fn an_unbounded_channel_keeps_the_order() {
        let (sender, receiver) = mpsc::channel();
        for number in 0..100 {
            sender.send(number).unwrap();
        }
        drop(sender);
        assert_eq!(receiver.iter().collect::<Vec<_>>(), (0..100).collect::<Vec<_>>());
    }

    fn what_was_sent_outlives_the_senders() {
        let (sender, receiver) = mpsc::channel();
        let other = sender.clone();
        sender.send(1).unwrap();
        drop(sender);
        other.send(2).unwrap();
        drop(other);
        assert_eq!(receiver.recv(), Ok(1));
        assert_eq!(receiver.try_recv(), Ok(2));
        assert_eq!(receiver.recv(), Err(mpsc::RecvError));
        assert_eq!(receiver.try_recv(), Err(mpsc::TryRecvError::Disconnected));
        assert_eq!(receiver.recv_timeout(Duration::ZERO), Err(mpsc::RecvTimeoutError::Disconnected));
    }

    fn an_empty_channel_says_so() {
        let (sender, receiver) = mpsc::channel::<u32>();
        assert_eq!(receiver.try_recv(), Err(mpsc::TryRecvError::Empty));
        assert_eq!(receiver.recv_timeout(Duration::from_millis(1)), Err(mpsc::RecvTimeoutError::Timeout));
        assert_eq!(receiver.try_iter().count(), 0);
        sender.send(1).unwrap();
        assert_eq!(receiver.recv_timeout(Duration::ZERO), Ok(1));
    }

    fn sending_to_nobody_hands_the_message_back() {
        let (sender, receiver) = mpsc::channel();
        drop(receiver);
        assert_eq!(sender.send(7), Err(mpsc::SendError(7)));
        let (sender, receiver) = mpsc::sync_channel(1);
        drop(receiver);
        assert_eq!(sender.send(7), Err(mpsc::SendError(7)));
        assert_eq!(sender.try_send(7), Err(mpsc::TrySendError::Disconnected(7)));
    }

    fn dropping_the_receiver_drops_what_is_queued() {
        let (sender, receiver) = mpsc::channel();
        let message = Arc::new(());
        sender.send(message.clone()).unwrap();
        assert_eq!(Arc::strong_count(&message), 2);
        drop(receiver);
        assert_eq!(Arc::strong_count(&message), 1);
        drop(sender);
    }

    fn a_bounded_channel_is_full_at_its_bound() {
        let (sender, receiver) = mpsc::sync_channel(2);
        sender.send(1).unwrap();
        sender.try_send(2).unwrap();
        assert_eq!(sender.try_send(3), Err(mpsc::TrySendError::Full(3)));
        assert_eq!(receiver.recv(), Ok(1));
        sender.try_send(3).unwrap();
        drop(sender);
        assert_eq!(receiver.into_iter().collect::<Vec<_>>(), [2, 3]);
    }

    fn a_sender_waits_for_room() {
        let (sender, receiver) = mpsc::sync_channel(1);
        let producer = thread::spawn(move || {
            for number in 0..20 {
                sender.send(number).unwrap();
            }
        });
        assert_eq!(receiver.iter().collect::<Vec<_>>(), (0..20).collect::<Vec<_>>());
        producer.join().unwrap();
    }

    fn a_rendezvous_waits_for_the_receiver() {
        let (sender, receiver) = mpsc::sync_channel(0);
        assert_eq!(sender.try_send((9, 9)), Err(mpsc::TrySendError::Full((9, 9))));
        let producers: Vec<_> = (0..3)
            .map(|name| {
                let sender = sender.clone();
                thread::spawn(move || {
                    for number in 0..5 {
                        sender.send((name, number)).unwrap();
                    }
                })
            })
            .collect();
        drop(sender);
        let mut received: Vec<_> = receiver.iter().collect();
        received.sort_unstable();
        let expected: Vec<_> = (0..3).flat_map(|name| (0..5).map(move |number| (name, number))).collect();
        assert_eq!(received, expected);
        for producer in producers {
            producer.join().unwrap();
        }
    }

    fn a_rendezvous_without_a_receiver_hands_the_message_back() {
        let (sender, receiver) = mpsc::sync_channel(0);
        let producer = thread::spawn(move || sender.send(7));
        drop(receiver);
        assert_eq!(producer.join().unwrap(), Err(mpsc::SendError(7)));
    }

    fn a_blocked_sender_learns_that_the_receiver_has_gone() {
        let (sender, receiver) = mpsc::sync_channel(1);
        sender.send(1).unwrap();
        let producer = thread::spawn(move || sender.send(2));
        drop(receiver);
        assert_eq!(producer.join().unwrap(), Err(mpsc::SendError(2)));
    }

    fn a_receiver_moves_to_another_thread() {
        let (sender, receiver) = mpsc::channel();
        let consumer = thread::spawn(move || receiver.iter().sum::<i32>());
        thread::scope(|scope| {
            for number in 1..=4 {
                let sender = sender.clone();
                scope.spawn(move || sender.send(number).unwrap());
            }
        });
        drop(sender);
        assert_eq!(consumer.join().unwrap(), 10);
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

    fn try_lock_never_waits() {
        let mutex = Mutex::new(1);
        let guard = mutex.lock().unwrap();
        assert!(matches!(mutex.try_lock(), Err(TryLockError::WouldBlock)));
        drop(guard);
        *mutex.try_lock().unwrap() += 1;
        let mut mutex = mutex;
        assert_eq!(*mutex.get_mut().unwrap(), 2);
        assert_eq!(format!("{:?} {}", Mutex::new(3), Mutex::new(4).lock().unwrap()), "Mutex { data: 3, poisoned: false, .. } 4");
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

    fn a_notification_that_nobody_waits_for_is_lost() {
        let (mutex, condvar) = (Mutex::new(()), Condvar::new());
        condvar.notify_one();
        condvar.notify_all();
        // Real condition variables may wake without a reason; this ends when one wait is not ended early.
        while !condvar.wait_timeout(mutex.lock().unwrap(), Duration::from_millis(1)).unwrap().1.timed_out() {}
    }

    fn wait_timeout_while_tells_by_its_condition() {
        let (mutex, condvar) = (Mutex::new(false), Condvar::new());
        let (guard, end) = condvar.wait_timeout_while(mutex.lock().unwrap(), Duration::from_millis(1), |set| !*set).unwrap();
        assert!(end.timed_out() && !*guard);
        drop(guard);
        let (_guard, end) = condvar.wait_timeout_while(mutex.lock().unwrap(), Duration::ZERO, |set| *set).unwrap();
        assert!(!end.timed_out());
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

    fn a_thread_has_its_name_and_its_own_id() {
        let named = thread::Builder::new().name("worker".into()).spawn(|| thread::current().name().map(str::to_owned)).unwrap();
        assert_eq!(named.thread().name(), Some("worker"));
        assert_ne!(named.thread().id(), thread::current().id());
        assert_eq!(named.join().unwrap().as_deref(), Some("worker"));
    }

    fn join_hands_over_a_panic() {
        let panicked = thread::spawn(|| -> u32 { std::panic::panic_any(7_u32) });
        assert_eq!(panicked.join().unwrap_err().downcast_ref(), Some(&7_u32));
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

    fn a_finished_thread_says_so() {
        let thread = thread::spawn(|| ());
        while !thread.is_finished() {
            thread::yield_now();
        }
        thread.join().unwrap();
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
