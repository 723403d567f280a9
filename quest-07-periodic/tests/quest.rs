//! What ticks and the runtime must do: one behaviour a test, in the order of the lesson.

mod scenario;

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use ::timeline::time::Instant;
use ::timeline::{record, simulate, simulate_async, thread};
use observe::observe;
use quest_07_periodic::{Runtime, Sleep, Stalled, ZeroInterval, periodic_task};

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// The future itself, but it ends a test that polls it in a busy loop.
fn bounded<T>(future: impl Future<Output = T>) -> impl Future<Output = T> {
    let (mut future, mut polls) = (Box::pin(future), 0);
    poll_fn(move |context| {
        polls += 1;
        assert!(polls < 10_000, "polled 10 000 times: somebody polls, or wakes, without a reason");
        future.as_mut().poll(context)
    })
}

/// Records each poll of the future.
fn probe<T>(name: &'static str, future: impl Future<Output = T>) -> impl Future<Output = T> {
    let (mut future, mut polls) = (Box::pin(bounded(future)), 0);
    poll_fn(move |context| {
        polls += 1;
        record(name, format!("poll {polls}"));
        future.as_mut().poll(context)
    })
}

/// Runs a periodic task, and tells how it ended.
async fn ticks(interval: Duration, name: &str, stop_after: Duration) -> String {
    end(bounded(periodic_task(interval, name, stop_after)).await)
}

fn end(result: Result<u32, ZeroInterval>) -> String {
    match result {
        Ok(ticks) => format!("returned {ticks}"),
        Err(ZeroInterval) => "returned ZeroInterval".to_owned(),
    }
}

/// Runs the runtime and records how that ended.
fn run(runtime: &Runtime) {
    match runtime.run() {
        Ok(()) => record("main", "run: ok"),
        Err(Stalled { pending }) => record("main", format!("run: stalled, pending {pending}")),
    }
}

// Ticks that do not drift

#[test]
fn every_tick_up_to_the_end_and_no_other() {
    observe!(
        simulate_async(async {
            record("Every 2 s", ticks(ms(2000), "Every 2 s", ms(10_000)).await);
            record("Every 3 s", ticks(ms(3000), "Every 3 s", ms(10_000)).await);
            record("Too late", ticks(ms(3000), "Too late", ms(2999)).await);
            record("Zero", ticks(ms(0), "Zero", ms(10_000)).await);
            let later = periodic_task(ms(2000), "Polled later", ms(2000));
            tokio::time::sleep(ms(1000)).await;
            record("Polled later", "first poll");
            record("Polled later", end(later.await));
        })
        .canonical()
    );
}

#[test]
fn late_ticks_are_caught_up_and_shift_no_other() {
    observe!(
        simulate_async(async {
            tokio::join!(
                biased;
                async { record("Every 2 s", ticks(ms(2000), "Every 2 s", ms(16_000)).await) },
                block([(3000, 4500), (5500, 11_000), (13_000, 17_000)]),
            );
        })
        .canonical()
    );
}

/// Blocks the thread, and so the whole loop, between these times.
async fn block(times: [(u64, u64); 3]) {
    let start = Instant::now();
    for (begin, end) in times {
        tokio::time::sleep(ms(begin).saturating_sub(start.elapsed())).await;
        record("Blocker", "blocks");
        thread::sleep(ms(end - begin));
        record("Blocker", "lets go");
    }
}

// A runtime that sleeps

#[test]
fn sleeps_end_in_the_order_of_their_deadlines() {
    observe!(simulate(|| {
        let runtime = Runtime::new();
        spawn_sleepers(&runtime.clone());
        run(&runtime);
        record("main", "again, but the thread is blocked");
        spawn_sleepers(&runtime);
        runtime.spawn(async { thread::sleep(ms(5000)) });
        run(&runtime);
    }));
}

fn spawn_sleepers(runtime: &Runtime) {
    for (name, delay) in [("A", ms(3000)), ("B", ms(1000)), ("C", ms(2000))] {
        runtime.spawn(probe(name, runtime.sleep(delay)));
    }
}

#[test]
fn a_sleep_counts_from_the_call() {
    observe!(simulate(|| {
        let runtime = Runtime::default();
        let early = runtime.sleep(ms(1000));
        thread::sleep(ms(400));
        let later = runtime.clone();
        runtime.spawn(async move {
            let inside = later.sleep(ms(2000));
            early.await;
            record("Task", "made at 0, for 1 s");
            later.sleep(ms(500)).await;
            record("Task", "made at 1 s, for 0.5 s");
            inside.await;
            record("Task", "made at 0.4 s, for 2 s");
            let over = later.sleep(ms(100));
            later.sleep(ms(1000)).await;
            over.await;
            record("Task", "one that was over");
        });
        run(&runtime);
    }));
}

// Of two threads that sleep until the same instant, the one that fell asleep first wakes first. The observer falls
// asleep one millisecond after the runtime. So it wakes second, unless the runtime has slept in several steps.
#[test]
fn one_sleep_until_each_deadline() {
    observe!(simulate(|| {
        let start = Instant::now();
        let observer = thread::spawn(move || {
            thread::sleep(ms(1));
            for until in [1000, 3000, 7003] {
                thread::sleep(ms(until).saturating_sub(start.elapsed()));
                record("Observer", "woke up");
            }
        });
        let runtime = Runtime::new();
        for (name, delay) in [("A", ms(3000)), ("B", ms(7003)), ("C", ms(1000))] {
            runtime.spawn(probe(name, runtime.sleep(delay)));
        }
        run(&runtime);
        observer.join().expect("the observer does not panic");
    }));
}

#[test]
fn a_busy_task_delays_no_sleep() {
    observe!(simulate(|| {
        let runtime = Runtime::new();
        let ended = Rc::new(Cell::new(None));
        let (sleep, end) = (runtime.sleep(ms(1000)), Rc::clone(&ended));
        let start = Instant::now();
        runtime.spawn(async move {
            sleep.await;
            end.set(Some(start.elapsed()));
        });
        let mut left = 30;
        runtime.spawn(poll_fn(move |context| {
            thread::sleep(ms(100));
            left -= 1;
            context.waker().wake_by_ref();
            if left == 0 { Poll::Ready(()) } else { Poll::Pending }
        }));
        run(&runtime);
        // Whether it is the turn at 1 s or the next is open.
        let in_time = ended.get().is_some_and(|ended| (ms(1000)..=ms(1200)).contains(&ended));
        record("main", format!("sleep ended in time: {in_time}"));
    }));
}

#[test]
fn a_sleep_wakes_the_task_that_polled_it_last() {
    observe!(simulate(|| {
        let runtime = Runtime::new();
        let sleep = Rc::new(RefCell::new(Box::pin(runtime.sleep(ms(1000)))));
        runtime.spawn(probe("First", poll_together(&sleep, true)));
        runtime.spawn(probe("Second", poll_together(&sleep, false)));
        run(&runtime);
    }));
}

/// Polls the sleep once, or until it ends.
fn poll_together(sleep: &Rc<RefCell<Pin<Box<Sleep>>>>, once: bool) -> impl Future<Output = ()> + 'static {
    let sleep = Rc::clone(sleep);
    poll_fn(move |context| {
        let ended = sleep.borrow_mut().as_mut().poll(context);
        if once { Poll::Ready(()) } else { ended }
    })
}

#[test]
fn run_ends_with_the_last_task_or_says_that_it_stalled() {
    observe!(simulate(|| {
        let runtime = Runtime::new();
        run(&runtime);
        let left = Rc::new(RefCell::new(Box::pin(runtime.sleep(ms(60_000)))));
        runtime.spawn(probe("Parent", poll_together(&left, true)));
        let inside = runtime.clone();
        runtime.spawn(async move {
            let sleep = inside.sleep(ms(1000));
            inside.spawn(probe("Child", sleep));
        });
        run(&runtime);

        let runtime = Runtime::new();
        let bell: Rc<RefCell<Option<Waker>>> = Rc::default();
        let inside = Rc::clone(&bell);
        let woken = poll_fn(move |context| match inside.borrow_mut().replace(context.waker().clone()) {
            None => Poll::Pending,
            Some(_) => Poll::Ready(()),
        });
        runtime.spawn(probe("Forgotten", woken));
        runtime.spawn(probe("Sleeper", runtime.sleep(ms(1000))));
        let dropped = Rc::new(RefCell::new(Box::pin(runtime.sleep(ms(60_000)))));
        runtime.spawn(probe("Dropper", poll_together(&dropped, true)));
        drop(dropped);
        run(&runtime);
        run(&runtime);
        record("main", "wakes it after all");
        let waker = bell.borrow().clone();
        waker.expect("the task was polled").wake();
        run(&runtime);
    }));
}

// Ticks on your runtime

#[test]
fn periodic_tasks_share_your_runtime() {
    observe!(
        simulate(|| {
            let runtime = Runtime::new();
            let zero = runtime.spawn_periodic(ms(0), "Zero", ms(10_000));
            record("main", if zero.is_ok() { "zero: ok" } else { "zero: an error" });
            run(&runtime);
            let tasks = [(2000, "Every 2 s"), (2000, "Every 2 s, too"), (3000, "Every 3 s"), (12_000, "Too late")];
            for (interval, name) in tasks {
                let spawned = runtime.spawn_periodic(ms(interval), name, ms(10_000));
                record(name, if spawned.is_ok() { "spawned" } else { "an error" });
            }
            let blocker = runtime.clone();
            runtime.spawn(async move {
                blocker.sleep(ms(3500)).await;
                record("Blocker", "blocks");
                thread::sleep(ms(5000));
                record("Blocker", "lets go");
            });
            thread::sleep(ms(500));
            record("main", "runs");
            run(&runtime);
        })
        .canonical()
    );
}

// Anything at all

#[test]
fn scenario() {
    observe!(simulate_async(scenario::run(observe::seed())).canonical());
}
