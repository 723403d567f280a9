//! What tasks, futures and `gather` must do: one behaviour per test, in the order of the lesson.
//!
//! Which future is polled first within an instant is not promised. So most tests ask for the canonical order.

mod probe;
mod scenario;

use std::future::{Future, ready};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use ::timeline::{record, simulate, simulate_async};
use observe::{observe, seed};
use probe::{Guard, Probe};
use quest_05_gather::{YieldNow, both, gather, task_1, task_2, try_gather};
use tokio::sync::oneshot;
use tokio::{task, time};

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

// Two tasks together

/// Awaited one after the other, `task_1` takes 3 s and `task_2` takes 2 s.
#[test]
fn each_task_takes_its_own_time() {
    observe!(simulate_async(async {
        task_1().await;
        record("main", "awaited the first");
        task_2().await;
        record("main", "awaited the second");
    }));
}

/// `both` starts the two tasks at 0 and returns at 3 s. A neighbour on the same thread gets its turn on time.
#[test]
fn both_runs_them_together() {
    observe!(
        simulate_async(async {
            let neighbour = async {
                time::sleep(ms(1000)).await;
                record("Neighbour", "had its turn");
            };
            let tasks = async {
                both().await;
                record("main", "awaited both");
            };
            tokio::join!(biased; tasks, neighbour);
            time::sleep(ms(1000)).await;
            record("main", "ended");
        })
        .canonical()
    );
}

// A poll by hand

/// The first poll wakes the task and returns `Pending`, the second returns `Ready`. Each `YieldNow` counts only its own
/// polls.
#[test]
fn yield_now_is_pending_once() {
    observe!(simulate(|| {
        poll_twice("First");
        poll_twice("Second");
    }));
}

/// Polls a new `YieldNow` as a runtime would.
fn poll_twice(name: &str) {
    let alarm = Arc::new(Alarm::default());
    let waker = Waker::from(Arc::clone(&alarm));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(YieldNow::new());
    for _ in 0..2 {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(()) => return record(name, "ready"),
            Poll::Pending if alarm.rung.load(Ordering::SeqCst) => record(name, "pending, has woken its task"),
            Poll::Pending => record(name, "pending, has woken nobody"),
        }
    }
    record(name, "pending for too long");
}

/// Notes that a waker was woken.
#[derive(Default)]
struct Alarm {
    rung: AtomicBool,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Ordering::SeqCst);
    }
}

/// Two counters that yield after each number take turns: 1 1 2 2 3 3.
// No `canonical` here: the order is what this test is about.
#[test]
fn those_who_yield_take_turns() {
    observe!(simulate_async(async {
        let (ping, pong) = (Probe::new(count("Ping")), Probe::new(count("Pong")));
        tokio::join!(biased; ping, pong);
        record("main", "awaited both");
    }));
}

async fn count(name: &str) {
    for number in 1..=3 {
        record(name, number);
        YieldNow::new().await;
    }
}

// Gather

/// All futures start at 0, and each ends after its own delay. `gather` ends with the last one. Without futures, it ends
/// at once.
#[test]
fn gather_takes_the_longest() {
    observe!(
        simulate_async(async {
            gather(Vec::<Probe<()>>::new()).await;
            record("main", "had nothing to do");
            let delays = [ms(333), ms(30_001), ms(0), ms(1000), ms(1000)];
            let jobs = (1..).zip(delays).map(|(number, delay)| Probe::new(job(format!("Task {number}"), delay)));
            gather(jobs.collect()).await;
            record("main", "gathered");
        })
        .canonical()
    );
}

async fn job(name: String, delay: Duration) {
    record(&name, "started");
    time::sleep(delay).await;
    record(&name, "finished");
}

/// The outputs are in the order of the futures, whichever ends first. The futures may borrow local variables.
#[test]
fn results_come_by_position() {
    observe!(
        simulate_async(async {
            // The futures borrow from here: `gather` must not ask for `'static`.
            let guests = [("Zoe", ms(300)), ("Adam", ms(100)), ("Mia", ms(200)), ("Ben", ms(0))];
            let arrivals = guests.iter().map(|guest| {
                Probe::new(async {
                    time::sleep(guest.1).await;
                    record(guest.0, "arrives");
                    guest.0
                })
            });
            record("main", gather(arrivals.collect()).await.join(", "));
            let numbers = gather(vec![ready(3), ready(1), ready(2)]).await;
            record("main", format!("{numbers:?}"));
        })
        .canonical()
    );
}

/// A future may wait for a message from one that comes later in the list. No wake is lost.
// The last of them sends in the same pass in which the first was polled in vain: that wake must not be lost.
#[test]
fn futures_may_wait_for_each_other() {
    observe!(
        simulate_async(async {
            let (tell_first, first_told) = oneshot::channel();
            let (tell_second, second_told) = oneshot::channel();
            let first = async {
                record("First", if first_told.await.is_ok() { "got a message" } else { "got nothing" });
            };
            let second = async {
                record("Second", if second_told.await.is_ok() { "got a message" } else { "got nothing" });
                let _ = tell_first.send(());
            };
            let third = async {
                time::sleep(ms(1000)).await;
                task::yield_now().await;
                record("Third", "sends a message");
                let _ = tell_second.send(());
            };
            let futures: Vec<Pin<Box<dyn Future<Output = ()>>>> =
                vec![Box::pin(first), Box::pin(second), Box::pin(third)];
            gather(futures.into_iter().map(Probe::new).collect()).await;
            record("main", "gathered");
        })
        .canonical()
    );
}

/// `gather` is dropped at 1.5 s. The futures that have not ended are dropped with it, and do not go on.
#[test]
fn dropping_gather_drops_its_futures() {
    observe!(
        simulate_async(async {
            let jobs = [("Task 1", ms(1000)), ("Task 2", ms(2000)), ("Task 3", ms(3000))];
            let jobs = jobs.map(|(name, delay)| Probe::new(guarded(Guard::new(name), delay)));
            let gave_up = time::timeout(ms(1500), gather(Vec::from(jobs))).await.is_err();
            record("main", if gave_up { "gave up" } else { "gathered" });
            time::sleep(ms(500)).await;
            drop(gather(vec![guarded(Guard::new("Task never polled"), ms(1000))]));
            time::sleep(ms(2000)).await;
            record("main", "ended");
        })
        .canonical()
    );
}

async fn guarded(guard: Guard, delay: Duration) {
    time::sleep(delay).await;
    guard.end("finished");
}

// Up to the first error

/// When all futures succeed, `try_gather` returns Ok with their values, in the order of the futures.
#[test]
fn try_gather_returns_all_values() {
    observe!(
        simulate_async(async {
            let nothing = try_gather(Vec::<Probe<Result<(), ()>>>::new()).await;
            record("main", format!("{nothing:?}"));
            let errands = [("Milk", ms(300)), ("Bread", ms(100)), ("Cheese", ms(200)), ("Salt", ms(0))];
            let errands = errands.map(|(name, delay)| Probe::new(errand(Guard::new(name), delay, Ok(name))));
            record("main", outcome(try_gather(Vec::from(errands)).await));
        })
        .canonical()
    );
}

/// The first error is returned as soon as it happens, and the futures that have not ended are dropped then.
#[test]
fn the_first_error_drops_the_rest() {
    observe!(
        simulate_async(async {
            let errands = [
                ("Milk", ms(300), Err("no milk")),
                ("Bread", ms(100), Ok("bread")),
                ("Cheese", ms(200), Err("no cheese")),
                ("Salt", ms(400), Ok("salt")),
            ];
            let errands = errands.map(|(name, delay, end)| Probe::new(errand(Guard::new(name), delay, end)));
            record("main", outcome(try_gather(Vec::from(errands)).await));
            time::sleep(ms(1000)).await;
            record("main", "ended");
        })
        .canonical()
    );
}

async fn errand(
    guard: Guard,
    delay: Duration,
    end: Result<&'static str, &'static str>,
) -> Result<&'static str, &'static str> {
    time::sleep(delay).await;
    guard.end(if end.is_ok() { "succeeds" } else { "fails" });
    end
}

fn outcome(outcome: Result<Vec<&str>, &str>) -> String {
    match outcome {
        Ok(values) => format!("Ok: {}", values.join(", ")),
        Err(error) => format!("Err: {error}"),
    }
}

// Anything at all

/// Random futures: sleeps, yields, gathers within gathers, failures, and some that are dropped halfway. They end as
/// they do with the course's solution.
#[test]
fn scenario() {
    observe!(simulate_async(scenario::run(seed())).canonical());
}
