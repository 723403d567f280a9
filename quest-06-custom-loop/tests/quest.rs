//! What the executors must do: one behaviour per test, in the order of the lesson.
//!
//! The order within an instant is promised here: it is the order of the wakes. So hardly any test asks for the
//! canonical order.

mod scenario;

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use ::timeline::{record, simulate, simulate_async, thread};
use observe::observe;
use quest_06_custom_loop::{EventLoop, Stalled, Task, block_on, custom_event_loop};

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// A future that records each of its polls, then does what `poll` says. It ends a test that polls it in a busy loop.
fn probe<T>(name: &'static str, mut poll: impl FnMut(u32, &Waker) -> Poll<T>) -> impl Future<Output = T> {
    let (mut polls, mut ready) = (0, false);
    let future = poll_fn(move |context| {
        assert!(!ready, "{name} was polled after it had returned `Ready`");
        polls += 1;
        assert!(polls < 10_000, "{name} was polled 10 000 times: somebody polls without waiting for a wake");
        record(name, format!("poll {polls}"));
        let result = poll(polls, context.waker());
        ready = result.is_ready();
        result
    });
    // Its polls and wakes are for the picture that `cargo xtask timeline` draws.
    ::timeline::probe(name, future)
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

/// Ready at the poll with that number. Until then it wakes itself in every poll.
fn self_waker(name: &'static str, last: u32) -> impl Future<Output = ()> {
    probe(name, move |poll, waker| {
        if poll == last {
            return Poll::Ready(());
        }
        waker.wake_by_ref();
        Poll::Pending
    })
}

/// Where a sleeping task leaves its waker, for the test to wake it.
#[derive(Clone, Default)]
struct Bell(Rc<RefCell<Option<Waker>>>);

impl Bell {
    fn ring(&self) {
        let waker = self.0.borrow().clone();
        waker.expect("the task has been polled").wake();
    }

    fn leave(&self, waker: &Waker) {
        *self.0.borrow_mut() = Some(waker.clone());
    }
}

/// Ready at the poll with that number. Until then it leaves its waker at the bell.
fn sleeper(name: &'static str, bell: &Bell, last: u32) -> impl Future<Output = ()> + 'static {
    let bell = bell.clone();
    probe(name, move |poll, waker| {
        bell.leave(waker);
        if poll == last { Poll::Ready(()) } else { Poll::Pending }
    })
}

/// Takes one turn and records what it returned.
fn take_turn(event_loop: &EventLoop) {
    let polled = event_loop.turn();
    record("main", format!("polled {polled}, pending {}", event_loop.pending()));
}

/// Wakes from another thread, after the delay.
fn wake_after(delay: Duration, waker: &Waker) -> thread::JoinHandle<()> {
    let waker = waker.clone();
    thread::spawn(move || {
        thread::sleep(delay);
        waker.wake();
    })
}

// Wait for one future

/// Woken by other threads at 1 s and 3 s, the future is polled three times and no more. A value that is ready is
/// returned at once.
#[test]
fn block_on_sleeps_until_it_is_woken() {
    observe!(simulate(|| {
        let borrowed = String::from("seven");
        record("main", format!("value: {}", block_on(async { borrowed.len() })));
        let woken_twice = probe("Future", |poll, waker| match poll {
            1 | 2 => {
                wake_after(ms(1000 * u64::from(poll)), waker);
                Poll::Pending
            }
            _ => Poll::Ready(7),
        });
        record("main", format!("value: {}", block_on(woken_twice)));
    }));
}

/// A wake that comes during the poll is not lost: `block_on` polls again instead of sleeping.
#[test]
fn block_on_keeps_a_wake_during_the_poll() {
    observe!(simulate(|| {
        let value = block_on(probe("Future", |poll, waker| match poll {
            1 => {
                waker.wake_by_ref();
                Poll::Pending
            }
            2 => {
                wake_after(ms(1000), waker).join().expect("to wake does not panic");
                Poll::Pending
            }
            _ => Poll::Ready(waker.clone()),
        }));
        record("main", "has the value");
        value.wake();
        record("main", "woke what has ended");
    }));
}

// Turns

/// A turn polls each ready task once. A task that wakes itself, or is spawned during the turn, waits for the next turn.
#[test]
fn a_turn_polls_once_each_what_was_ready() {
    observe!(simulate(|| {
        let event_loop = EventLoop::new();
        take_turn(&event_loop);
        event_loop.spawn(self_waker("A", 4));
        let inside = event_loop.clone();
        event_loop.clone().spawn(probe("B", move |poll, waker| {
            inside.spawn(self_waker(if poll == 1 { "B's first" } else { "B's second" }, 2));
            waker.wake_by_ref();
            if poll == 2 { Poll::Ready(()) } else { Poll::Pending }
        }));
        EventLoop::default().spawn(self_waker("Elsewhere", 1));
        record("main", format!("spawned, pending {}", event_loop.pending()));
        for _ in 0..5 {
            take_turn(&event_loop);
        }
    }));
}

/// Three tasks are sleeping. Only those that were woken are polled, in the order of their wakes.
#[test]
fn a_task_is_polled_only_when_it_was_woken() {
    observe!(simulate(|| {
        let event_loop = EventLoop::new();
        let [a, b, c] = [Bell::default(), Bell::default(), Bell::default()];
        event_loop.spawn(sleeper("A", &a, 3));
        event_loop.spawn(sleeper("B", &b, 2));
        event_loop.spawn(sleeper("C", &c, 3));
        take_turn(&event_loop);
        take_turn(&event_loop);
        record("main", "wakes C, then A");
        c.ring();
        a.ring();
        take_turn(&event_loop);
        record("main", "wakes C, then B, then A");
        c.ring();
        b.ring();
        a.ring();
        take_turn(&event_loop);
    }));
}

/// A task that was woken twice is polled once, even if a task polled before it in the same turn wakes it.
#[test]
fn two_wakes_make_one_poll() {
    observe!(simulate(|| {
        let event_loop = EventLoop::new();
        let [sleeping, waking] = [Bell::default(), Bell::default()];
        event_loop.spawn(sleeper("Sleeper", &sleeping, 9));
        let (bell, other) = (waking.clone(), sleeping.clone());
        event_loop.spawn(probe("Waker", move |poll, waker| {
            bell.leave(waker);
            if poll > 1 {
                other.ring();
                other.ring();
            }
            Poll::Pending
        }));
        take_turn(&event_loop);
        for order in [[&sleeping, &sleeping, &waking], [&waking, &sleeping, &waking]] {
            record("main", if Rc::ptr_eq(&order[0].0, &waking.0) { "the waker first" } else { "the sleeper first" });
            order.into_iter().for_each(Bell::ring);
            take_turn(&event_loop);
            take_turn(&event_loop);
            take_turn(&event_loop);
        }
    }));
}

/// A finished task is dropped before the next one is polled, and may spawn while it is dropped. Its old waker wakes no
/// other task.
#[test]
fn a_finished_task_is_dropped_at_once() {
    observe!(simulate(|| {
        let event_loop = EventLoop::new();
        let [finished, new] = [Bell::default(), Bell::default()];
        let (bell, owned) = (finished.clone(), Owned(event_loop.clone(), new.clone()));
        event_loop.spawn(probe("First", move |_, waker| {
            let _ = &owned;
            bell.leave(waker);
            // A wake in the last poll must do no harm.
            waker.wake_by_ref();
            Poll::Ready(())
        }));
        event_loop.spawn(sleeper("Second", &Bell::default(), 2));
        take_turn(&event_loop);
        event_loop.spawn(sleeper("Newest", &Bell::default(), 2));
        take_turn(&event_loop);
        record("main", "wakes what has ended");
        finished.ring();
        take_turn(&event_loop);
        record("main", "wakes the new one");
        new.ring();
        take_turn(&event_loop);
    }));
}

/// Spawns when it is dropped.
struct Owned(EventLoop, Bell);

impl Drop for Owned {
    fn drop(&mut self) {
        record("First", "dropped, spawns");
        self.0.spawn(sleeper("New", &self.1, 2));
    }
}

/// `run` takes turns until no task is pending. If some are pending and none is ready, it returns `Stalled` with their
/// number. It can be called again later.
#[test]
fn run_ends_with_the_last_task_or_says_that_it_stalled() {
    observe!(simulate(|| {
        let event_loop = EventLoop::new();
        record_end(event_loop.run());
        let bells = [Bell::default(), Bell::default()];
        event_loop.spawn(sleeper("A", &bells[0], 2));
        event_loop.spawn(sleeper("B", &bells[1], 2));
        event_loop.spawn(self_waker("C", 3));
        record_end(event_loop.run());
        record_end(event_loop.run());
        for bell in bells {
            bell.ring();
            record_end(event_loop.run());
        }
    }));
}

fn record_end(result: Result<(), Stalled>) {
    match result {
        Ok(()) => record("main", "run: ok"),
        Err(Stalled { pending }) => record("main", format!("run: stalled, pending {pending}")),
    }
}

// A loop in any executor

/// On tokio, tasks of 3 s and 2 s take 3 s, and their values are in the order of the tasks.
#[test]
fn two_tasks_take_three_seconds() {
    observe!(simulate_async(async {
        let tasks = vec![task_1(), task_2()];
        record("main", format!("values: {:?}", bounded(custom_event_loop(tasks)).await));
        record("main", format!("no tasks: {:?}", custom_event_loop::<u8>(Vec::new()).await));
    }));
}

fn task_1() -> Task<u8> {
    Box::pin(job("Task 1", ms(3000), 1))
}

fn task_2() -> Task<u8> {
    Box::pin(job("Task 2", ms(2000), 2))
}

async fn job(name: &str, delay: Duration, value: u8) -> u8 {
    record(name, "started");
    tokio::time::sleep(delay).await;
    record(name, "finished");
    value
}

/// Your `block_on` runs the loop, and other threads wake its tasks. A wake reaches the waker of the last poll, and only
/// the woken task is polled.
#[test]
fn a_wake_reaches_whoever_polled_last() {
    observe!(simulate(|| {
        let tasks = vec![in_threads("A", &[3000, 1000]), in_threads("B", &[1000]), in_threads("C", &[2000])];
        let mut future = pin!(bounded(custom_event_loop(tasks)));
        let first = poll_once(future.as_mut(), Waker::noop());
        record("main", format!("another waker, ready: {}", first.is_some()));
        record("main", format!("values: {:?}", block_on(future)));
    }));
}

/// Woken after each of the delays, one after the other, from other threads. Its value is its name.
fn in_threads(name: &'static str, delays: &'static [u64]) -> Task<&'static str> {
    let mut delays = delays.iter();
    Box::pin(probe(name, move |_, waker| match delays.next() {
        Some(&delay) => {
            wake_after(ms(delay), waker);
            Poll::Pending
        }
        None => Poll::Ready(name),
    }))
}

fn poll_once<F: Future>(future: Pin<&mut F>, waker: &Waker) -> Option<F::Output> {
    match future.poll(&mut Context::from_waker(waker)) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// Each poll of the loop is one turn. If tasks are ready again after it, the loop wakes its own task. Dropping the loop
/// drops the tasks.
#[test]
fn one_turn_a_poll_lets_others_run() {
    observe!(simulate(|| {
        let bell = Bell::default();
        let owned = Dropped;
        let sleeping = sleeper("Sleeper", &bell, 9);
        let tasks: Vec<Task> = vec![
            Box::pin(self_waker("A", 3)),
            Box::pin(async move {
                sleeping.await;
                drop(owned);
            }),
            Box::pin(self_waker("B", 2)),
        ];
        let mut future = Box::pin(custom_event_loop(tasks));
        let woken = Arc::new(Flag(AtomicBool::new(false)));
        let waker = Waker::from(Arc::clone(&woken));
        for _ in 0..4 {
            let ready = poll_once(future.as_mut(), &waker).is_some();
            record("main", format!("polled, ready: {ready}, woken: {}", woken.0.swap(false, Ordering::SeqCst)));
        }
        bell.ring();
        record("main", format!("woke a task, woken: {}", woken.0.swap(false, Ordering::SeqCst)));
        poll_once(future.as_mut(), &waker);
        drop(future);
        record("main", "dropped all");
    }));
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

struct Dropped;

impl Drop for Dropped {
    fn drop(&mut self) {
        record("Sleeper", "dropped");
    }
}

// Anything at all

/// Random tasks that wake, spawn, sleep, panic or are dropped: the promises above hold for all of them.
#[test]
fn scenario() {
    observe!(simulate(|| scenario::run(observe::seed())).canonical());
}
