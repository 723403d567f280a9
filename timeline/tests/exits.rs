//! Where the end of a thread meets the end of something else: of the process, a deadlock, a scope, an outer simulation.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::Command;

use pretty_assertions::assert_eq;
use timeline::sync::{Arc, Barrier, Mutex, RwLock, mpsc};
use timeline::time::Duration;
use timeline::{record, simulate, thread};

struct CallOnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for CallOnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

type KeptGuards = RefCell<Vec<CallOnDrop<fn()>>>;

thread_local! {
    static KEPT: KeptGuards = const { RefCell::new(Vec::new()) };
}

fn at_exit(act: fn()) {
    KEPT.with_borrow_mut(|kept| kept.push(CallOnDrop(act)));
}

/// Says which test ends its own process.
const EXITS: &str = "TIMELINE_TEST_EXITS";

#[test]
fn nobody_else_runs_while_a_thread_ends_the_process() {
    if std::env::var_os(EXITS).is_some() {
        simulate(|| {
            thread::spawn(|| {
                at_exit(|| println!("its thread-local was dropped"));
                std::process::exit(7);
            });
            thread::yield_now();
            println!("somebody else ran");
        });
    }
    let this = "nobody_else_runs_while_a_thread_ends_the_process";
    let mut program = Command::new(std::env::current_exe().unwrap());
    let run = program.args(["--exact", this, "--nocapture"]).env(EXITS, "1").output().unwrap();
    assert_eq!(run.status.code(), Some(7));
    assert!(!String::from_utf8_lossy(&run.stdout).contains("somebody else ran"));
}

#[cfg(feature = "tokio")]
#[test]
fn threads_end_within_a_simulation_inside_another() {
    let program = || {
        timeline::simulate_async(async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            simulate(|| {
                let (sender, receiver) = mpsc::channel::<()>();
                drop(thread::spawn(move || {
                    at_exit(|| {
                        thread::sleep(Duration::from_millis(2));
                        record("thread-local", "dropped");
                        thread::spawn(|| record("its thread", "ran"));
                    });
                    sender
                }));
                assert!(receiver.recv().is_err());
                thread::sleep(Duration::from_millis(9));
                record("inner", "done");
            });
            tokio::time::sleep(Duration::from_millis(1)).await;
            record("outer", "done");
        })
    };
    let expected =
        "     7 ms  thread-local  dropped\n     7 ms  its thread  ran\n    14 ms  inner  done\n    15 ms  outer  done";
    for _ in 0..50 {
        assert_eq!(program().to_string(), expected);
    }
}

#[test]
fn a_payload_in_a_scope_in_a_scope_that_unwinds() {
    let program = || {
        simulate(|| {
            let (sender, receiver) = mpsc::channel::<()>();
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                thread::scope(|outer| {
                    let inner = outer.spawn(|| {
                        thread::scope(|scope| {
                            let sender = Mutex::new(sender);
                            scope.spawn(move || resume_unwind(Box::new(sender)));
                        });
                    });
                    thread::sleep(Duration::from_millis(1));
                    drop(inner);
                    panic!("as this test wants it");
                })
            }));
            assert!(outcome.is_err());
            assert!(receiver.recv().is_err());
            record("main", "all senders have gone");
        })
    };
    for _ in 0..50 {
        assert_eq!(program().to_string(), "     1 ms  main  all senders have gone");
    }
}

#[test]
fn destructors_lock_after_a_deadlock_of_every_kind_of_lock() {
    let total = Arc::new(Mutex::new(0));
    let in_scenario = Arc::clone(&total);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        simulate(|| {
            let _locks = CallOnDrop(|| *in_scenario.lock().unwrap() += 1);
            let (lock, barrier) = (RwLock::new(0), Barrier::new(3));
            thread::scope(|scope| {
                scope.spawn(|| barrier.wait());
                scope.spawn(|| {
                    let _writer = lock.write().unwrap();
                    thread::park();
                });
                scope.spawn(|| drop(lock.read()));
            });
        })
    }));
    assert!(outcome.is_err());
    let deadlock = timeline::interrupted().unwrap().deadlock.unwrap();
    let waits: Vec<_> = deadlock.waiting.iter().map(|waiting| waiting.what.as_str()).collect();
    assert_eq!(waits[..3], ["the end of thread 1", "the other threads at a `Barrier`", "`unpark`"]);
    assert!(waits[3].starts_with("an `RwLock` that thread 2 has held since"), "{deadlock}");
    assert_eq!(*total.lock().unwrap(), 1);
}

#[test]
fn thousands_of_threads_in_turn_and_hundreds_at_once() {
    simulate(|| {
        for index in 0..3000 {
            let thread = thread::spawn(move || index);
            if index % 2 == 0 {
                assert_eq!(thread.join().unwrap(), index);
            }
        }
        let ending = |index| {
            thread::spawn(move || {
                at_exit(thread::yield_now);
                index
            })
        };
        let threads: Vec<_> = (0..300).map(ending).collect();
        assert_eq!(threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>(), 44_850);
    });
}
