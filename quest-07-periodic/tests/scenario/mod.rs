//! The scenario: ticks, sleeps and faults, drawn from a seed. What the lesson promises holds for all of them.
//!
//! Which task goes first within an instant is open, and it would matter if one of them blocks the thread or panics. So
//! each of those acts at a time with its own last digit.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use ::timeline::{record, simulate, thread};
use fastrand::Rng;
use quest_07_periodic::{Runtime, Sleep, Stalled};

use super::{bounded, ms, ticks};

/// Runs what the seed draws.
pub async fn run(seed: u64) {
    // Chosen so that seed 0 draws a little of everything: it can be read, and nearly all the other scenarios are
    // larger.
    let rng = &mut Rng::with_seed(seed.wrapping_add(5781));
    on_tokio(rng).await;
    for (round, fault) in (1..).zip([Fault::Blocked, Fault::Stuck, Fault::Panic]) {
        simulate(|| on_runtime(rng, round, fault));
    }
}

/// Part 1: periodic tasks on tokio, while the thread is blocked now and then.
async fn on_tokio(rng: &mut Rng) {
    let mut tasks: Vec<Pin<Box<dyn Future<Output = ()>>>> = Vec::new();
    for number in 0..rng.usize(2..7) {
        let name = format!("tokio {number}");
        let (interval, stop_after) = times(rng);
        tasks.push(Box::pin(async move {
            let ended = ticks(interval, &name, stop_after).await;
            record(&name, ended);
        }));
    }
    let blocks = blocks(rng);
    tasks.push(Box::pin(async move {
        for (wait, length) in blocks {
            tokio::time::sleep(wait).await;
            thread::sleep(length);
        }
    }));
    poll_fn(|context| {
        tasks.retain_mut(|task| task.as_mut().poll(context).is_pending());
        if tasks.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// An interval, and an end: the time of a tick, or somewhat later.
fn times(rng: &mut Rng) -> (Duration, Duration) {
    let interval = if rng.u32(0..5) == 0 { 0 } else { 10 * rng.u64(5..80) };
    // An interval of zero has an end, too.
    let step = interval.max(50);
    let rest = if rng.bool() { 0 } else { rng.u64(0..=step / 2) };
    (ms(interval), ms(step * rng.u64(0..20) + rest))
}

/// How long to wait and how long to block then. Each wait moves the last digit by one.
fn blocks(rng: &mut Rng) -> Vec<(Duration, Duration)> {
    (0..rng.usize(3..6)).map(|_| (ms(1 + 10 * rng.u64(0..80)), ms(10 * rng.u64(20..200)))).collect()
}

/// What goes wrong in a round.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// A task blocks the thread.
    Blocked,
    /// A task waits for something that never happens.
    Stuck,
    /// A task panics.
    Panic,
}

/// Part 2: sleeps, ticks and wakes on the learner's runtime.
fn on_runtime(rng: &mut Rng, round: u32, fault: Fault) {
    let runtime = Runtime::new();
    let (bell, left) = (Bell::default(), Rc::default());
    match fault {
        Fault::Blocked => {
            spawn_blocker(rng, &runtime);
            spawn_leaver(&runtime, &left);
        }
        Fault::Stuck => {
            runtime.spawn(listener(&bell, format!("{round}.stuck")));
            spawn_races(rng, &runtime, round);
        }
        Fault::Panic => spawn_panic(rng, &runtime),
    }
    for number in 0..rng.usize(2..6) {
        let name = format!("{round}.tick {number}");
        let (interval, stop_after) = times(rng);
        let spawned = runtime.spawn_periodic(interval, &name, stop_after);
        record(&name, if spawned.is_ok() { "spawned" } else { "an error" });
    }
    for number in 0..rng.usize(1..6) {
        spawn_sleeper(rng, &runtime, format!("{round}.{number}"), 1);
    }
    spawn_line(rng, &runtime, round);
    // Ticks count from the first poll, and that comes only now.
    thread::sleep(ms(10 * rng.u64(0..50)));
    record_run(&runtime);
    if fault == Fault::Stuck {
        bell.ring();
        record_run(&runtime);
    }
}

fn record_run(runtime: &Runtime) {
    let ended = caught(|| runtime.run());
    record(
        "run",
        match ended {
            Some(Ok(())) => "ok".to_owned(),
            Some(Err(Stalled { pending })) => format!("stalled, pending {pending}"),
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

/// What a sleeper does next.
enum Step {
    Sleep(u64),
    /// A sleep that is made before another one, and awaited after it.
    Early(u64, u64),
    /// A sleep that is polled once, and then awaited by another task.
    PassOn(u64),
    Yield,
    /// Spawns a task that rings when it has slept, and waits for that.
    Bell(u64),
    Spawn(Vec<Step>),
}

fn steps(rng: &mut Rng, depth: u32) -> Vec<Step> {
    let step = |rng: &mut Rng| match rng.u32(0..10) {
        0 => Step::Yield,
        1 | 2 => Step::Early(delay(rng), delay(rng)),
        3 | 4 => Step::Bell(delay(rng)),
        5 | 6 => Step::PassOn(10 + delay(rng)),
        7 if depth > 0 => Step::Spawn(steps(rng, depth - 1)),
        _ => Step::Sleep(delay(rng)),
    };
    (0..rng.usize(0..6)).map(|_| step(rng)).collect()
}

fn delay(rng: &mut Rng) -> u64 {
    10 * rng.u64(0..80)
}

fn spawn_sleeper(rng: &mut Rng, runtime: &Runtime, name: String, depth: u32) {
    runtime.spawn(bounded(follow(runtime.clone(), name, steps(rng, depth))));
}

async fn follow(runtime: Runtime, name: String, steps: Vec<Step>) {
    record(&name, "started");
    for (place, step) in steps.into_iter().enumerate() {
        match step {
            Step::Sleep(delay) => {
                runtime.sleep(ms(delay)).await;
                record(&name, format!("slept {delay}"));
            }
            Step::Early(first, second) => {
                let early = runtime.sleep(ms(first));
                runtime.sleep(ms(second)).await;
                early.await;
                record(&name, format!("slept {first} and {second}"));
            }
            Step::PassOn(delay) => {
                let mut sleep = Box::pin(runtime.sleep(ms(delay)));
                poll_once(&mut sleep).await;
                let heir = format!("{name}.{place}");
                runtime.spawn(async move {
                    sleep.await;
                    record(heir, format!("slept {delay}"));
                });
            }
            Step::Yield => yield_now().await,
            Step::Bell(delay) => {
                let bell = Bell::default();
                let (ringer, sleep) = (bell.clone(), runtime.sleep(ms(delay)));
                runtime.spawn(async move {
                    sleep.await;
                    ringer.ring();
                });
                listener(&bell, format!("{name}.{place}")).await;
            }
            Step::Spawn(steps) => {
                // Boxed, since this future would contain itself.
                let child: Pin<Box<dyn Future<Output = ()>>> =
                    Box::pin(follow(runtime.clone(), format!("{name}.{place}"), steps));
                runtime.spawn(child);
            }
        }
    }
    record(&name, "finished");
}

fn spawn_blocker(rng: &mut Rng, runtime: &Runtime) {
    let (inside, blocks) = (runtime.clone(), blocks(rng));
    runtime.spawn(async move {
        for (wait, length) in blocks {
            inside.sleep(wait).await;
            thread::sleep(length);
        }
    });
}

/// A task that begins a sleep, leaves it behind, and ends. No task waits for that sleep any more.
fn spawn_leaver(runtime: &Runtime, left: &Rc<RefCell<Vec<Pin<Box<Sleep>>>>>) {
    let (mut sleep, left) = (Box::pin(runtime.sleep(ms(LONG))), Rc::clone(left));
    runtime.spawn(async move {
        poll_once(&mut sleep).await;
        left.borrow_mut().push(sleep);
    });
}

/// Longer than everything else together, in milliseconds.
const LONG: u64 = 100_000;

async fn poll_once(sleep: &mut Pin<Box<Sleep>>) {
    poll_fn(|context| {
        assert!(sleep.as_mut().poll(context).is_pending(), "a sleep has ended at the moment at which it was made");
        Poll::Ready(())
    })
    .await;
}

/// Tasks that sleep once, and write into one column when they were polled: in the order in which they were spawned, then
/// in the order of their deadlines. No two of them have the same.
fn spawn_line(rng: &mut Rng, runtime: &Runtime, round: u32) {
    let mut delays: Vec<u64> = (1..100).map(|delay| 10 * delay).collect();
    rng.shuffle(&mut delays);
    delays.truncate(rng.usize(3..10));
    for delay in delays {
        let (inside, mut sleep, mut polls) = (runtime.clone(), None, 0);
        runtime.spawn(bounded(poll_fn(move |context| {
            polls += 1;
            record(format!("{round}.line"), format!("{delay}, poll {polls}"));
            sleep.get_or_insert_with(|| Box::pin(inside.sleep(ms(delay)))).as_mut().poll(context)
        })));
    }
}

/// Tasks that await two sleeps at once, and drop the one that loses.
fn spawn_races(rng: &mut Rng, runtime: &Runtime, round: u32) {
    for number in 0..rng.usize(2..5) {
        let (delay, other) = (delay(rng), if rng.u32(0..3) > 0 { LONG } else { 1 + delay(rng) });
        let mut sleeps = [Box::pin(runtime.sleep(ms(delay))), Box::pin(runtime.sleep(ms(other)))];
        runtime.spawn(bounded(async move {
            let winner = poll_fn(|context| {
                let ended = sleeps.iter_mut().position(|sleep| sleep.as_mut().poll(context).is_ready());
                ended.map_or(Poll::Pending, Poll::Ready)
            });
            let winner = winner.await;
            record(format!("{round}.race {number}"), format!("{delay} against {other}: {winner}"));
        }));
    }
}

fn spawn_panic(rng: &mut Rng, runtime: &Runtime) {
    let (inside, delay) = (runtime.clone(), ms(7 + delay(rng) * 2));
    runtime.spawn(async move {
        inside.sleep(delay).await;
        panic_any(ON_PURPOSE);
    });
}

#[derive(Clone, Default)]
struct Bell(Rc<RefCell<(bool, Option<Waker>)>>);

impl Bell {
    fn ring(&self) {
        let mut bell = self.0.borrow_mut();
        bell.0 = true;
        let waker = bell.1.take();
        drop(bell);
        waker.inspect(Waker::wake_by_ref);
    }
}

/// Waits for the bell.
fn listener(bell: &Bell, name: String) -> impl Future<Output = ()> + 'static {
    let bell = bell.clone();
    bounded(poll_fn(move |context| {
        let mut bell = bell.0.borrow_mut();
        if bell.0 {
            record(&name, "rang");
            return Poll::Ready(());
        }
        bell.1 = Some(context.waker().clone());
        Poll::Pending
    }))
}

fn yield_now() -> impl Future<Output = ()> {
    let mut yielded = false;
    poll_fn(move |context| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
}
