//! How a simulated thread ends: its result, its payload and its thread-locals are dropped in virtual time, before it
//! counts as finished.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};

use pretty_assertions::assert_eq;
use timeline::sync::mpsc::{Receiver, RecvError, Sender, channel};
use timeline::sync::{Arc, Barrier, Mutex};
use timeline::time::{Duration, Instant};
use timeline::{Timeline, record, simulate, thread};

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn lines(timeline: &Timeline) -> Vec<String> {
    timeline.events().iter().map(|event| format!("{} {} {}", event.at.as_millis(), event.task, event.what)).collect()
}

/// Does something when it is dropped.
struct RunOnDrop(Option<Box<dyn FnOnce() + Send>>);

fn on_drop(act: impl FnOnce() + Send + 'static) -> RunOnDrop {
    RunOnDrop(Some(Box::new(act)))
}

impl Drop for RunOnDrop {
    fn drop(&mut self) {
        (self.0.take().expect("dropped once"))();
    }
}

thread_local! {
    static EARLIER: RefCell<Vec<RunOnDrop>> = const { RefCell::new(Vec::new()) };
    static LATER: RefCell<Vec<RunOnDrop>> = const { RefCell::new(Vec::new()) };
}

/// Lets the calling thread do something when its thread-locals are dropped.
fn at_exit(act: impl FnOnce() + Send + 'static) {
    EARLIER.with_borrow_mut(|kept| kept.push(on_drop(act)));
}

/// A thread that wakes often, so that others have many occasions to come between.
fn busy() {
    thread::spawn(|| {
        for _ in 0..50 {
            thread::sleep(Duration::from_micros(1));
            record("busy", "woke");
        }
    });
}

/// The program's one timeline. It has one, too, while another thread wakes all the time.
fn always_the_same(program: impl Fn()) -> Timeline {
    let beside = || {
        busy();
        program();
    };
    let (first, first_beside) = (simulate(&program), simulate(beside));
    for _ in 0..50 {
        assert_eq!(simulate(&program), first);
        assert_eq!(simulate(beside), first_beside);
    }
    first
}

fn ends(receiver: &Receiver<()>) {
    assert_eq!(receiver.recv(), Err(RecvError));
    record("main", "all senders have gone");
}

#[test]
fn a_result_that_nobody_takes_is_dropped_by_its_thread() {
    let timeline = always_the_same(|| {
        let (sender, receiver) = channel::<()>();
        drop(thread::spawn(move || sender));
        ends(&receiver);
    });
    assert_eq!(lines(&timeline), ["0 main all senders have gone"]);
}

#[test]
fn a_payload_that_nobody_takes_is_dropped_by_its_thread() {
    let timeline = always_the_same(|| {
        let (sender, receiver) = channel::<()>();
        let sender = Mutex::new(sender);
        drop(thread::spawn(move || panic_any(sender)));
        ends(&receiver);
    });
    assert_eq!(lines(&timeline), ["0 main all senders have gone"]);
}

#[test]
fn a_thread_local_is_dropped_by_its_thread() {
    let timeline = always_the_same(|| {
        let (sender, receiver) = channel::<()>();
        let thread = thread::spawn(move || at_exit(move || drop(sender)));
        ends(&receiver);
        thread.join().unwrap();
    });
    assert_eq!(lines(&timeline), ["0 main all senders have gone"]);
}

#[test]
fn a_scoped_thread_that_nobody_joins_drops_its_result() {
    let timeline = always_the_same(|| {
        let (sender, receiver) = channel::<()>();
        thread::scope(|scope| {
            scope.spawn(move || sender);
            ends(&receiver);
        });
    });
    assert_eq!(lines(&timeline)[0], "0 main all senders have gone");
}

#[test]
fn a_scope_that_panics_for_its_thread_has_dropped_the_payload() {
    always_the_same(|| {
        let (sender, receiver) = channel::<()>();
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            thread::scope(|scope| {
                let sender = Mutex::new(sender);
                scope.spawn(move || panic_any(sender));
            });
        }));
        assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&"a scoped thread panicked"));
        ends(&receiver);
    });
}

#[test]
fn a_result_may_take_its_time_to_drop() {
    let timeline = always_the_same(|| {
        let (sender, receiver) = channel();
        drop(thread::spawn(move || {
            on_drop(move || {
                thread::sleep(ms(3));
                record("result", "slept");
                sender.send(Instant::now()).unwrap();
            })
        }));
        let start = Instant::now();
        assert_eq!(receiver.recv().unwrap() - start, ms(3));
        record("main", "received");
    });
    assert_eq!(lines(&timeline), ["3 result slept", "3 main received"]);
}

#[test]
fn join_and_scope_return_after_the_thread_locals() {
    let timeline = always_the_same(|| {
        let dying = || {
            at_exit(|| {
                thread::sleep(ms(2));
                record("thread-local", "dropped");
            });
        };
        thread::spawn(dying).join().unwrap();
        record("main", "joined");
        thread::scope(|scope| {
            scope.spawn(dying);
        });
        record("main", "left the scope");
        let thread = thread::spawn(dying);
        while !thread.is_finished() {
            thread::sleep(Duration::from_micros(700));
        }
        record("main", "saw its end");
    });
    let expected = [
        "2 thread-local dropped",
        "2 main joined",
        "4 thread-local dropped",
        "4 main left the scope",
        "6 thread-local dropped",
        "6 main saw its end",
    ];
    assert_eq!(lines(&timeline), expected);
}

#[test]
fn the_result_goes_before_the_thread_locals() {
    let timeline = always_the_same(|| {
        let (sender, receiver) = channel::<()>();
        let kept = sender.clone();
        drop(thread::spawn(move || {
            LATER.with_borrow_mut(|kept| kept.push(on_drop(|| record("thread-local", "dropped"))));
            at_exit(move || {
                record("thread-local", "dropped");
                drop(kept);
            });
            on_drop(move || {
                record("result", "dropped");
                drop(sender);
            })
        }));
        ends(&receiver);
    });
    let expected =
        ["0 result dropped", "0 thread-local dropped", "0 thread-local dropped", "0 main all senders have gone"];
    assert_eq!(lines(&timeline), expected);
}

#[test]
fn a_destructor_may_spawn_and_join() {
    let timeline = always_the_same(|| {
        let parent = thread::spawn(|| {
            at_exit(|| {
                let child = thread::spawn(|| {
                    thread::sleep(ms(4));
                    record("child", "slept");
                    at_exit(|| record("child", "dropped"));
                });
                child.join().unwrap();
                record("parent", "joined");
            });
        });
        parent.join().unwrap();
        record("main", "joined");
    });
    assert_eq!(lines(&timeline), ["4 child slept", "4 child dropped", "4 parent joined", "4 main joined"]);
}

#[test]
fn a_destructor_may_make_new_thread_locals() {
    thread_local! {
        static MADE_LATE: RefCell<Vec<RunOnDrop>> = const { RefCell::new(Vec::new()) };
    }
    let timeline = always_the_same(|| {
        let (sender, receiver) = channel::<()>();
        drop(thread::spawn(move || {
            at_exit(move || {
                MADE_LATE.with_borrow_mut(|kept| kept.push(on_drop(move || drop(sender))));
                thread::sleep(ms(1));
            });
        }));
        ends(&receiver);
    });
    assert_eq!(lines(&timeline).last().unwrap(), "1 main all senders have gone");
}

#[test]
fn a_destructor_may_drop_the_handle_of_its_own_thread() {
    always_the_same(|| {
        let (give, take) = channel::<thread::JoinHandle<Sender<()>>>();
        let (sender, receiver) = channel::<()>();
        let thread = thread::spawn(move || {
            at_exit(move || drop(take.recv().unwrap()));
            sender
        });
        give.send(thread).unwrap();
        ends(&receiver);
    });
}

#[test]
fn a_result_may_spawn_on_its_scope() {
    struct Spawns<'scope, 'env>(&'scope thread::Scope<'scope, 'env>);
    impl Drop for Spawns<'_, '_> {
        fn drop(&mut self) {
            self.0.spawn(|| {
                thread::sleep(ms(20));
                record("grandchild", "slept");
            });
        }
    }
    let timeline = always_the_same(|| {
        thread::scope(|scope| {
            scope.spawn(move || Spawns(scope));
        });
        record("main", "left the scope");
    });
    assert_eq!(lines(&timeline), ["20 grandchild slept", "20 main left the scope"]);
}

#[test]
fn a_destructor_that_waits_for_ever_is_reported() {
    let panicked = catch_unwind(|| {
        simulate(|| {
            let (kept, receiver) = channel::<()>();
            let thread = thread::spawn(move || at_exit(move || assert!(receiver.recv().is_err())));
            thread.join().unwrap();
            drop(kept);
        })
    });
    assert!(panicked.is_err());
    let deadlock = timeline::interrupted().unwrap().deadlock.unwrap();
    let waits: Vec<_> = deadlock.waiting.iter().map(|waiting| waiting.what.as_str()).collect();
    assert_eq!(waits, ["the end of thread 1", "a message from a channel"]);
}

#[test]
fn a_destructor_that_waits_does_not_keep_a_scope_after_a_deadlock() {
    let panicked = catch_unwind(|| {
        simulate(|| {
            let (kept, receiver) = channel::<()>();
            thread::scope(|scope| {
                scope.spawn(move || at_exit(move || assert!(receiver.recv().is_err())));
                scope.spawn(thread::park);
            });
            drop(kept);
        })
    });
    assert!(panicked.is_err());
    assert!(timeline::interrupted().unwrap().deadlock.is_some());
}

#[test]
fn many_threads_end_at_once() {
    let timeline = always_the_same(|| {
        let (sender, receiver) = channel();
        let barrier = Arc::new(Barrier::new(8));
        for index in 0..8 {
            let (sender, barrier) = (sender.clone(), barrier.clone());
            thread::spawn(move || {
                at_exit(move || sender.send(index).unwrap());
                barrier.wait();
            });
        }
        drop(sender);
        record("main", format_args!("{:?}", receiver.iter().collect::<Vec<_>>()));
    });
    assert_eq!(lines(&timeline), ["0 main [7, 0, 1, 2, 3, 4, 5, 6]"]);
}

#[test]
fn what_outlives_its_simulation_never_ends() {
    let mut kept = None;
    simulate(|| kept = Some(thread::spawn(thread::park)));
    let kept = kept.unwrap();
    assert!(!kept.is_finished());
    let payload = kept.join().unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"the simulation ended before this thread did"));
}

#[test]
fn a_handle_of_another_simulation_is_no_handle_of_this_one() {
    let mut kept = None;
    simulate(|| kept = Some(thread::spawn(thread::park)));
    simulate(|| {
        let kept = kept.take().unwrap();
        assert!(!kept.is_finished());
        kept.thread().unpark();
        assert!(kept.join().is_err());
    });
}
