//! The scenario: tasks, wakes, ties and faults, drawn from a seed. What the lesson promises holds for all of them.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Poll, Waker};

use ::timeline::{record, thread};
use fastrand::Rng;
use quest_06_custom_loop::{EventLoop, Stalled, Task, block_on, custom_event_loop};

use super::{bounded, ms};

/// Runs what the seed draws.
pub fn run(seed: u64) {
    // So chosen that seed 0 draws something of everything.
    let rng = &mut Rng::with_seed(seed.wrapping_add(4));
    Turns::default().drive(rng);
    for round in 1..=3 {
        together(rng, round);
        // Wakes of what has ended by now, or was dropped, come in this time.
        thread::sleep(ms(2000));
    }
}

/// Part 1: tasks on one `EventLoop`, all at the same instant. They wake themselves and each other, spawn, and panic.
#[derive(Clone, Default)]
struct Turns {
    event_loop: EventLoop,
    wakers: Rc<RefCell<Vec<Option<Waker>>>>,
}

/// What a task does in one of its polls.
enum Action {
    Wake(usize),
    WakeSelf,
    Spawn(Vec<Vec<Action>>),
    Panic,
}

impl Turns {
    fn drive(&self, rng: &mut Rng) {
        let ended = caught(|| {
            for _ in 0..rng.usize(3..8) {
                self.spawn(script(rng, 2));
            }
            for _ in 0..16 {
                if rng.u32(0..3) > 0 {
                    let polled = self.event_loop.turn();
                    record("loop", format!("polled {polled}, pending {}", self.event_loop.pending()));
                } else if let Err(Stalled { pending }) = self.event_loop.run() {
                    record("loop", format!("stalled, pending {pending}"));
                }
                for _ in 0..rng.usize(0..4) {
                    self.wake(rng.usize(0..10));
                }
            }
        });
        record("loop", if ended.is_some() { "ended" } else { "panicked" });
    }

    /// The polls of a task follow its script. It is ready at the last.
    fn spawn(&self, script: Vec<Vec<Action>>) {
        let this = self.clone();
        let number = self.wakers.borrow().len();
        self.wakers.borrow_mut().push(None);
        let (mut polls, mut script) = (0, script.into_iter());
        self.event_loop.spawn(poll_fn(move |context| {
            polls += 1;
            assert!(polls < 10_000, "task {number} was polled 10 000 times");
            record("loop", format!("task {number}, poll {polls}"));
            this.wakers.borrow_mut()[number] = Some(context.waker().clone());
            for action in script.next().unwrap_or_default() {
                match action {
                    Action::Wake(other) => this.wake(other),
                    Action::WakeSelf => context.waker().wake_by_ref(),
                    Action::Spawn(script) => this.spawn(script),
                    Action::Panic => panic_any(ON_PURPOSE),
                }
            }
            if script.len() == 0 { Poll::Ready(()) } else { Poll::Pending }
        }));
    }

    fn wake(&self, number: usize) {
        let waker = self.wakers.borrow().get(number).cloned().flatten();
        if let Some(waker) = waker {
            record("loop", format!("wake {number}"));
            waker.wake();
        }
    }
}

fn script(rng: &mut Rng, depth: u32) -> Vec<Vec<Action>> {
    (0..rng.usize(1..7)).map(|_| (0..rng.usize(0..3)).map(|_| action(rng, depth)).collect()).collect()
}

fn action(rng: &mut Rng, depth: u32) -> Action {
    match rng.u32(0..100) {
        0..50 => Action::Wake(rng.usize(0..8)),
        50..85 => Action::WakeSelf,
        85..99 if depth > 0 => Action::Spawn(script(rng, depth - 1)),
        99.. if depth == 2 => Action::Panic,
        _ => Action::WakeSelf,
    }
}

/// Part 2: jobs on `custom_event_loop` on `block_on`, woken by other threads, cut off by a deadline or by a panic.
fn together(rng: &mut Rng, round: u32) {
    let jobs = rng.usize(0..6);
    let broken = if rng.u32(0..4) == 0 { rng.usize(0..6) } else { usize::MAX };
    let tasks = (0..jobs).map(|job| task(rng, format!("{round}.{job}"), job == broken, 1)).collect();
    let all = bounded(custom_event_loop(tasks));
    // No job ends at this time, so it is never open whether a job was in time.
    let deadline = rng.bool().then(|| 5 + 10 * rng.u64(0..100));
    let ended = caught(|| match deadline {
        Some(deadline) => block_on(until(deadline, Box::pin(all))),
        None => Some(block_on(all)),
    });
    record(
        "main",
        match ended {
            Some(Some(values)) => format!("values: {values:?}"),
            Some(None) => "deadline".to_owned(),
            None => "panicked".to_owned(),
        },
    );
}

/// Catches the panics that the scenario means, and no others.
fn caught<T>(run: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(value) => Some(value),
        Err(panic) if panic.downcast_ref() == Some(&ON_PURPOSE) => None,
        Err(panic) => resume_unwind(panic),
    }
}

const ON_PURPOSE: &str = "on purpose";

/// A job or, now and then, a loop in the loop.
fn task(rng: &mut Rng, name: String, broken: bool, depth: u32) -> Task<u64> {
    if depth > 0 && rng.u32(0..4) == 0 {
        let inner = (0..rng.usize(0..4)).map(|job| task(rng, format!("{name}.{job}"), false, depth - 1)).collect();
        return Box::pin(async move {
            let values = custom_event_loop(inner).await;
            record(&name, format!("{values:?}"));
            values.into_iter().sum()
        });
    }
    let delays: Vec<u64> = (0..rng.usize(0..4)).map(|_| 10 * rng.u64(0..30)).collect();
    let yields = rng.u32(0..3);
    Box::pin(async move {
        let owned = Owned { name, finished: Cell::new(false) };
        record(&owned.name, "started");
        for &delay in &delays {
            sleep(delay).await;
            record(&owned.name, format!("slept {delay}"));
        }
        yield_now(yields).await;
        if broken {
            // Nothing else happens at the instant of a panic.
            sleep(3).await;
            panic_any(ON_PURPOSE);
        }
        owned.finished.set(true);
        record(&owned.name, "finished");
        delays.iter().sum()
    })
}

struct Owned {
    name: String,
    finished: Cell<bool>,
}

impl Drop for Owned {
    fn drop(&mut self) {
        if !self.finished.get() {
            record(&self.name, "dropped");
        }
    }
}

/// Sleeps in another thread, which then wakes whoever polled last.
fn sleep(milliseconds: u64) -> impl Future<Output = ()> {
    let mut sleeping: Option<(Arc<AtomicBool>, Arc<std::sync::Mutex<Waker>>)> = None;
    let mut polls = 0;
    poll_fn(move |context| {
        polls += 1;
        assert!(polls < 10_000, "a sleeping future was polled 10 000 times");
        if let Some((done, waker)) = &sleeping {
            waker.lock().expect("nobody panics").clone_from(context.waker());
            return if done.load(Ordering::SeqCst) { Poll::Ready(()) } else { Poll::Pending };
        }
        let done = Arc::new(AtomicBool::new(false));
        let waker = Arc::new(std::sync::Mutex::new(context.waker().clone()));
        sleeping = Some((Arc::clone(&done), Arc::clone(&waker)));
        thread::spawn(move || {
            thread::sleep(ms(milliseconds));
            done.store(true, Ordering::SeqCst);
            let waker = waker.lock().expect("nobody panics").clone();
            waker.wake();
        });
        Poll::Pending
    })
}

fn yield_now(mut times: u32) -> impl Future<Output = ()> {
    poll_fn(move |context| {
        if times == 0 {
            return Poll::Ready(());
        }
        times -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    })
}

/// The future's value, or nothing if it takes until the deadline. It is dropped then.
fn until<T>(deadline: u64, future: Pin<Box<dyn Future<Output = T>>>) -> impl Future<Output = Option<T>> {
    let mut late = Box::pin(sleep(deadline));
    let mut future = Some(future);
    poll_fn(move |context| {
        if late.as_mut().poll(context).is_ready() {
            future = None;
            return Poll::Ready(None);
        }
        let future = future.as_mut().expect("not polled after the deadline");
        future.as_mut().poll(context).map(Some)
    })
}
