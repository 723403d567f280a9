//! Channels, against std itself: what std documents holds for both, in the order of its documentation.
//!
//! Each body is compiled three times: with std's types, with the mirror's in real time, and with the mirror's in a
//! simulation.

#[macro_use]
mod common;

as_std! {
    fn a_message_comes_from_another_thread() {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || sender.send(10).unwrap());
        assert_eq!(receiver.recv(), Ok(10));
    }

    fn many_senders_share_a_channel() {
        let (sender, receiver) = mpsc::channel();
        for number in 0..10 {
            let sender = sender.clone();
            thread::spawn(move || sender.send(number).unwrap());
        }
        let mut received: Vec<_> = (0..10).map(|_| receiver.recv().unwrap()).collect();
        received.sort_unstable();
        assert_eq!(received, (0..10).collect::<Vec<_>>());
    }

    fn a_channel_without_senders_ends() {
        let (sender, receiver) = mpsc::channel::<i32>();
        drop(sender);
        assert_eq!(receiver.recv(), Err(mpsc::RecvError));
    }

    fn a_rendezvous_hands_over_one_message() {
        let (sender, receiver) = mpsc::sync_channel(0);
        thread::spawn(move || sender.send(53).unwrap());
        assert_eq!(receiver.recv(), Ok(53));
    }

    fn a_receiver_ends_when_every_sender_has_been_dropped() {
        let (sender, receiver) = mpsc::sync_channel(3);
        for _ in 0..3 {
            let sender = sender.clone();
            thread::spawn(move || sender.send("ok").unwrap());
        }
        drop(sender);
        let mut received = 0;
        while let Ok(message) = receiver.recv() {
            assert_eq!(message, "ok");
            received += 1;
        }
        assert_eq!(received, 3);
    }

    fn an_unbounded_channel_keeps_the_order() {
        let (sender, receiver) = mpsc::channel();
        for number in 0..100 {
            sender.send(number).unwrap();
        }
        drop(sender);
        assert_eq!(receiver.iter().collect::<Vec<_>>(), (0..100).collect::<Vec<_>>());
    }

    fn the_second_message_waits_for_the_first_to_be_received() {
        let (sender, receiver) = mpsc::sync_channel(1);
        sender.send(1).unwrap();
        thread::spawn(move || sender.send(2).unwrap());
        assert_eq!((receiver.recv(), receiver.recv()), (Ok(1), Ok(2)));
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

    fn a_sender_and_its_clone_send_to_one_receiver() {
        let (sender, receiver) = mpsc::channel();
        let other = sender.clone();
        thread::spawn(move || sender.send(1).unwrap());
        thread::spawn(move || other.send(2).unwrap());
        assert_eq!(receiver.recv().unwrap() + receiver.recv().unwrap(), 3);
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

    fn two_bounded_senders_share_the_room() {
        let (sender, receiver) = mpsc::sync_channel(2);
        let other = sender.clone();
        let first = thread::spawn(move || [1, 2].map(|number| sender.send(number).is_ok()));
        let second = thread::spawn(move || other.send(3).is_ok());
        let mut received = [(); 3].map(|()| receiver.recv().unwrap());
        received.sort_unstable();
        assert_eq!(received, [1, 2, 3]);
        assert_eq!((first.join().unwrap(), second.join().unwrap()), ([true; 2], true));
    }

    fn a_blocked_sender_learns_that_the_receiver_has_gone() {
        let (sender, receiver) = mpsc::sync_channel(1);
        sender.send(1).unwrap();
        let producer = thread::spawn(move || sender.send(2));
        drop(receiver);
        assert_eq!(producer.join().unwrap(), Err(mpsc::SendError(2)));
    }

    fn a_rendezvous_without_a_receiver_hands_the_message_back() {
        let (sender, receiver) = mpsc::sync_channel(0);
        let producer = thread::spawn(move || sender.send(7));
        drop(receiver);
        assert_eq!(producer.join().unwrap(), Err(mpsc::SendError(7)));
    }

    fn try_send_sends_nothing_when_there_is_no_room() {
        let (sender, receiver) = mpsc::sync_channel(1);
        let other = sender.clone();
        let blocking = thread::spawn(move || [1, 2].map(|number| sender.send(number).unwrap()));
        let trying = thread::spawn(move || other.try_send(3).is_ok());
        let received = [receiver.recv().unwrap(), receiver.recv().unwrap()];
        let (rest, sent) = (receiver.recv(), trying.join().unwrap());
        blocking.join().unwrap();
        assert_eq!(received.into_iter().chain(rest).count(), if sent { 3 } else { 2 });
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

    fn a_message_can_be_late() {
        let (sender, receiver) = mpsc::channel();
        let start = Instant::now();
        thread::spawn(move || {
            sender.send("at once").unwrap();
            thread::sleep(Duration::from_millis(5));
            sender.send("late").unwrap();
        });
        assert_eq!((receiver.recv(), receiver.recv()), (Ok("at once"), Ok("late")));
        assert!(start.elapsed() >= Duration::from_millis(5));
    }

    fn an_empty_channel_says_so() {
        let (sender, receiver) = mpsc::channel::<u32>();
        assert_eq!(receiver.try_recv(), Err(mpsc::TryRecvError::Empty));
        assert_eq!(receiver.recv_timeout(Duration::from_millis(1)), Err(mpsc::RecvTimeoutError::Timeout));
        assert_eq!(receiver.try_iter().count(), 0);
        sender.send(1).unwrap();
        assert_eq!(receiver.recv_timeout(Duration::ZERO), Ok(1));
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

    fn messages_wait_for_a_receiver_that_is_late() {
        let (sender, receiver) = mpsc::channel();
        let sending = thread::spawn(move || [1_u8, 2, 3].map(|number| sender.send(number).unwrap()));
        sending.join().unwrap();
        assert_eq!([(); 3].map(|()| receiver.recv()), [Ok(1), Ok(2), Ok(3)]);
        assert_eq!(receiver.recv(), Err(mpsc::RecvError));
    }

    fn recv_timeout_is_as_long_as_it_has_to_be() {
        let (sender, receiver) = mpsc::channel();
        let held = sender.clone();
        thread::spawn(move || sender.send('a').unwrap());
        assert_eq!(receiver.recv_timeout(Duration::from_secs(60)), Ok('a'));
        let start = Instant::now();
        assert_eq!(receiver.recv_timeout(Duration::from_millis(2)), Err(mpsc::RecvTimeoutError::Timeout));
        assert!(start.elapsed() >= Duration::from_millis(2));
        drop(held);
        assert_eq!(receiver.recv_timeout(Duration::from_secs(60)), Err(mpsc::RecvTimeoutError::Disconnected));
    }

    fn the_iterators_end_with_the_senders() {
        fn three() -> mpsc::Receiver<u32> {
            let (sender, receiver) = mpsc::channel();
            thread::spawn(move || (1..=3).for_each(|number| sender.send(number).unwrap()));
            receiver
        }
        let receiver = three();
        let mut iter = receiver.iter();
        assert_eq!([(); 4].map(|()| iter.next()), [Some(1), Some(2), Some(3), None]);
        let mut borrowed = Vec::new();
        for number in &three() {
            borrowed.push(number);
        }
        assert_eq!((borrowed, three().into_iter().sum::<u32>()), (vec![1, 2, 3], 6));
    }

    fn try_iter_yields_what_has_arrived() {
        let (sender, receiver) = mpsc::channel();
        assert_eq!(receiver.try_iter().next(), None);
        let (go, started) = mpsc::channel();
        let sending = thread::spawn(move || {
            started.recv().unwrap();
            (1..=3).for_each(|number| sender.send(number).unwrap());
        });
        assert_eq!(receiver.try_iter().next(), None);
        go.send(()).unwrap();
        sending.join().unwrap();
        assert_eq!(receiver.try_iter().collect::<Vec<_>>(), [1, 2, 3]);
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

    fn halves_and_errors_have_their_texts() {
        let (sender, receiver) = mpsc::channel::<u32>();
        let (bounded, _) = mpsc::sync_channel::<u32>(1);
        assert_eq!(format!("{sender:?} {bounded:?} {receiver:?}"), "Sender { .. } SyncSender { .. } Receiver { .. }");
        let errors = [
            mpsc::SendError(1).to_string(),
            mpsc::TrySendError::Full(1).to_string(),
            mpsc::TrySendError::Disconnected(1).to_string(),
            mpsc::RecvError.to_string(),
            mpsc::TryRecvError::Empty.to_string(),
            mpsc::TryRecvError::Disconnected.to_string(),
            mpsc::RecvTimeoutError::Timeout.to_string(),
            mpsc::RecvTimeoutError::Disconnected.to_string(),
        ];
        let [closed, full] = ["sending on a closed channel", "sending on a full channel"];
        assert_eq!(errors[..3], [closed, full, closed]);
        let [closed, empty] = ["receiving on a closed channel", "receiving on an empty channel"];
        assert_eq!(errors[3..6], [closed, empty, closed]);
        assert_eq!(errors[6..], ["timed out waiting on channel", "channel is empty and sending half is closed"]);
        assert_eq!(mpsc::TryRecvError::from(mpsc::RecvError), mpsc::TryRecvError::Disconnected);
        assert_eq!(mpsc::TrySendError::from(mpsc::SendError(1)), mpsc::TrySendError::Disconnected(1));
    }
}
