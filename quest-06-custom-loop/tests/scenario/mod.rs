//! The scenario: tasks, wakes, ties and faults, drawn from a seed. What the lesson promises holds for all of them.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Poll, Waker};

use ::timeline::{record, thread};
use fastrand::Rng;
use quest_06_custom_loop::{EventLoop, Stalled, Task, block_on, custom_event_loop};

use super::{bounded, ms, poll_once, wake_after};

/// Runs what the seed draws.
pub fn run(seed: u64) {
    // Chosen so that seed 0 draws a little of everything: it can be read, and nearly all the other scenarios are
    // larger.
    let rng = &mut Rng::with_seed(seed.wrapping_add(824));
    alone(rng);
    Turns::default().drive(rng);
    neighbours(rng);
    for (round, cut) in (1..).zip([Cut::Nothing, Cut::Deadline, Cut::Panic]) {
        together(rng, round, cut);
        // Wakes of what has ended by now, or was dropped, come in this time.
        thread::sleep(ms(2000));
    }
}

/// Part 1: one future on `block_on`, which is polled once for each wake.
fn alone(rng: &mut Rng) {
    let mut wakes: Vec<Option<u64>> = (0..rng.usize(2..7)).map(|_| rng.bool().then(|| 10 * rng.u64(1..30))).collect();
    let future = poll_fn(move |context| {
        record("alone", format!("polled, wakes left: {}", wakes.len()));
        match wakes.pop() {
            Some(Some(delay)) => drop(wake_after(ms(delay), context.waker())),
            Some(None) => context.waker().wake_by_ref(),
            None => return Poll::Ready(()),
        }
        Poll::Pending
    });
    // In its own thread: nothing else unparks it, so no poll comes without a wake.
    let waiting = thread::spawn(|| block_on(bounded(future)));
    waiting.join().unwrap_or_else(|panic| resume_unwind(panic));
}

/// Part 2: tasks on one `EventLoop`, all at the same instant. They wake themselves and each other, spawn, and are dropped.
#[derive(Clone, Default)]
struct Turns {
    event_loop: EventLoop,
    wakers: Rc<RefCell<Vec<Option<Waker>>>>,
}

/// What a task does in each of its polls, and what it spawns when it is dropped.
struct Script {
    polls: Vec<Vec<Action>>,
    heir: Option<Box<Script>>,
}

/// What a task does in one of its polls.
enum Action {
    /// Wakes another task, counted around.
    Wake(usize),
    WakeSelf,
    Spawn(Script),
}

impl Turns {
    fn drive(&self, rng: &mut Rng) {
        for _ in 0..rng.usize(3..20) {
            self.spawn(script(rng, 2));
        }
        for _ in 0..rng.usize(4..10) {
            if rng.u32(0..3) > 0 {
                let polled = self.event_loop.turn();
                record("loop", format!("polled {polled}, pending {}", self.event_loop.pending()));
            } else {
                self.run();
            }
            if rng.u32(0..4) == 0 {
                self.spawn(script(rng, 1));
            }
            for _ in 0..rng.usize(0..4) {
                self.wake(rng.usize(..));
            }
        }
        self.finish();
        self.panic();
    }

    /// The polls of a task follow its script. It is ready at the last.
    fn spawn(&self, script: Script) {
        let this = self.clone();
        let number = self.wakers.borrow().len();
        self.wakers.borrow_mut().push(None);
        let owned = Bequest { turns: self.clone(), number, heir: script.heir };
        let (mut polls, mut actions) = (0, script.polls.into_iter());
        self.event_loop.spawn(poll_fn(move |context| {
            let _ = &owned;
            polls += 1;
            assert!(polls < 10_000, "task {number} was polled 10 000 times");
            record("loop", format!("task {number}, poll {polls}"));
            this.wakers.borrow_mut()[number] = Some(context.waker().clone());
            for action in actions.next().unwrap_or_default() {
                match action {
                    Action::Wake(other) => this.wake(other),
                    Action::WakeSelf => context.waker().wake_by_ref(),
                    Action::Spawn(script) => this.spawn(script),
                }
            }
            if actions.len() == 0 { Poll::Ready(()) } else { Poll::Pending }
        }));
    }

    /// Wakes one of the tasks that were ever spawned, also one that has ended.
    fn wake(&self, number: usize) {
        let number = number % self.wakers.borrow().len();
        let waker = self.wakers.borrow()[number].clone();
        if let Some(waker) = waker {
            record("loop", format!("wake {number}"));
            waker.wake();
        }
    }

    fn run(&self) {
        record("loop", run_to_text(&self.event_loop));
    }

    /// Wakes all, again and again, until none is left. A loop without tasks has nothing to wait for.
    fn finish(&self) {
        for _ in 0..ROUNDS_TO_FINISH {
            if self.event_loop.pending() == 0 {
                break;
            }
            record("loop", "wake all");
            let wakers = self.wakers.borrow().clone();
            wakers.iter().flatten().for_each(Waker::wake_by_ref);
            self.run();
        }
        self.run();
    }

    /// A task's panic passes through. It comes last, since nothing is promised about the other tasks after it.
    fn panic(&self) {
        self.event_loop.spawn(async { panic_any(ON_PURPOSE) });
        let ended = caught(|| self.event_loop.turn());
        record("loop", if ended.is_some() { "ended" } else { "panicked" });
    }
}

/// More than any script has polls, with all that it spawns.
const ROUNDS_TO_FINISH: u32 = 40;

/// What a task owns. It sees when the task is dropped, and may spawn another then.
struct Bequest {
    turns: Turns,
    number: usize,
    heir: Option<Box<Script>>,
}

impl Drop for Bequest {
    fn drop(&mut self) {
        // A second panic would end the process, and hide the first.
        if thread::panicking() {
            return;
        }
        record("loop", format!("task {}, dropped", self.number));
        if let Some(heir) = self.heir.take() {
            self.turns.spawn(*heir);
        }
    }
}

fn script(rng: &mut Rng, depth: u32) -> Script {
    let polls = (0..rng.usize(1..6)).map(|_| (0..rng.usize(0..4)).map(|_| action(rng, depth)).collect()).collect();
    let heir = (depth > 0 && rng.u32(0..4) == 0).then(|| Box::new(script(rng, depth - 1)));
    Script { polls, heir }
}

fn action(rng: &mut Rng, depth: u32) -> Action {
    match rng.u32(0..100) {
        0..70 => Action::Wake(rng.usize(..)),
        90.. if depth > 0 => Action::Spawn(script(rng, depth - 1)),
        _ => Action::WakeSelf,
    }
}

fn run_to_text(event_loop: &EventLoop) -> String {
    match event_loop.run() {
        Ok(()) => "ok".to_owned(),
        Err(Stalled { pending }) => format!("stalled, pending {pending}"),
    }
}

/// Part 3: loops in a loop, next to other tasks. A poll of the inner loop is one turn, so that all of them take turns.
fn neighbours(rng: &mut Rng) {
    let event_loop = EventLoop::new();
    for number in 0..rng.usize(3..7) {
        let neighbour = neighbour(rng, number.to_string(), 2);
        event_loop.spawn(bounded(async move { _ = neighbour.await }));
    }
    record("turns", run_to_text(&event_loop));
}

/// Wakes itself in each poll but the last, or is a loop of such. Its value is how many polls its own tasks make.
fn neighbour(rng: &mut Rng, name: String, depth: u32) -> Task<u32> {
    if depth > 0 && rng.bool() {
        let inner = (0..rng.usize(0..5)).map(|number| neighbour(rng, format!("{name}.{number}"), depth - 1)).collect();
        return Box::pin(async move {
            let values = custom_event_loop(inner).await;
            record("turns", format!("{name}: {values:?}"));
            values.into_iter().sum()
        });
    }
    let polls = rng.u32(1..5);
    Box::pin(async move {
        for poll in 1..polls {
            record("turns", format!("{name}, poll {poll}"));
            yield_now(1).await;
        }
        record("turns", format!("{name}, poll {polls}"));
        polls
    })
}

/// What cuts the jobs of a round off.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    Nothing,
    Deadline,
    Panic,
}

/// Part 4: jobs on `custom_event_loop` on `block_on`, woken by other threads.
fn together(rng: &mut Rng, round: u32, cut: Cut) {
    // When all of them end, each of many values has its place.
    let is_whole = cut == Cut::Nothing;
    let jobs = if is_whole { rng.usize(3..16) } else { rng.usize(0..8) };
    let broken = (cut == Cut::Panic).then(|| rng.usize(0..jobs.max(1)));
    let tasks = (0..jobs).map(|job| task(rng, format!("{round}.{job}"), Some(job) == broken, 1)).collect();
    let all: Task<Vec<u64>> = Box::pin(bounded(custom_event_loop(tasks)));
    // No job ends at this time, so it is never open whether a job was in time.
    let deadline = (cut == Cut::Deadline).then(|| 5 + 10 * rng.u64(0..40));
    // The wakes belong to the waker of the last poll.
    let is_passed_on = is_whole || rng.bool();
    let ended = caught(|| {
        let mut all = pin!(until(deadline, all));
        let first = if is_passed_on { poll_once(all.as_mut(), Waker::noop()) } else { None };
        first.unwrap_or_else(|| block_on(all))
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
    if depth > 0 && !broken && rng.u32(0..4) == 0 {
        let inner = (0..rng.usize(0..4)).map(|job| task(rng, format!("{name}.{job}"), false, depth - 1)).collect();
        return Box::pin(async move {
            let values = custom_event_loop(inner).await;
            record(&name, format!("{values:?}"));
            values.into_iter().sum()
        });
    }
    let delays: Vec<u64> = (0..rng.usize(0..4)).map(|_| 10 * rng.u64(0..30)).collect();
    let (yields, value) = (rng.u32(0..3), rng.u64(0..1000));
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
        value
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

/// Sleeps in another thread, which then wakes the task that polled last.
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
fn until<T>(deadline: Option<u64>, future: Task<T>) -> impl Future<Output = Option<T>> {
    let mut late = deadline.map(|deadline| Box::pin(sleep(deadline)));
    let mut future = Some(future);
    poll_fn(move |context| {
        if late.as_mut().is_some_and(|late| late.as_mut().poll(context).is_ready()) {
            future = None;
            return Poll::Ready(None);
        }
        let future = future.as_mut().expect("not polled after the deadline");
        future.as_mut().poll(context).map(Some)
    })
}
