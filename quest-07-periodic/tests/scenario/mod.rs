//! The scenario: ticks, sleeps and faults, drawn from a seed. What the lesson promises holds for all of them.
//!
//! Who goes first at one instant is open, and it would matter if one of them blocks the thread, or panics. So each of
//! those does it at a time with a last digit of its own.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use ::timeline::{record, simulate, thread};
use fastrand::Rng;
use quest_07_periodic::{Runtime, Stalled};

use super::{bounded, ms, ticks};

/// Runs what the seed draws.
pub async fn run(seed: u64) {
    // So chosen that seed 0 draws something of everything.
    let rng = &mut Rng::with_seed(seed.wrapping_add(192));
    on_tokio(rng).await;
    for round in 1..=3 {
        simulate(|| on_runtime(rng, round));
    }
}

/// Part 1: periodic tasks on tokio, while the thread is blocked now and then.
async fn on_tokio(rng: &mut Rng) {
    let mut tasks: Vec<Pin<Box<dyn Future<Output = ()>>>> = Vec::new();
    for number in 0..rng.usize(0..4) {
        let name = format!("tokio {number}");
        let (interval, stop_after) = (interval(rng), ms(rng.u64(0..6000)));
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

fn interval(rng: &mut Rng) -> Duration {
    if rng.u32(0..10) == 0 { ms(0) } else { ms(10 * rng.u64(20..200)) }
}

/// How long to wait and how long to block then. Each wait moves the last digit by one.
fn blocks(rng: &mut Rng) -> Vec<(Duration, Duration)> {
    (0..rng.usize(0..5)).map(|_| (ms(1 + 10 * rng.u64(0..150)), ms(10 * rng.u64(0..200)))).collect()
}

/// Part 2: sleeps, ticks and wakes on the learner's runtime, with one kind of fault a round.
fn on_runtime(rng: &mut Rng, round: u32) {
    let runtime = Runtime::new();
    let bell = Bell::default();
    let fault = rng.u32(0..4);
    match fault {
        0 => spawn_blocker(rng, &runtime),
        1 => spawn_races(rng, &runtime, round),
        2 => runtime.spawn(listener(&bell, format!("{round}.stuck"))),
        _ => spawn_panic(rng, &runtime),
    }
    for number in 0..rng.usize(0..3) {
        let (name, stop_after) = (format!("{round}.tick {number}"), ms(rng.u64(0..5000)));
        let spawned = runtime.spawn_periodic(interval(rng), &name, stop_after);
        record(&name, if spawned.is_ok() { "spawned" } else { "an error" });
    }
    for number in 0..rng.usize(0..5) {
        spawn_sleeper(rng, &runtime, format!("{round}.{number}"), 1);
    }
    record_run(&runtime);
    if fault == 2 {
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
    Yield,
    /// Spawns a task that rings when it has slept, and waits for that.
    Bell(u64),
    Spawn(Vec<Step>),
}

fn steps(rng: &mut Rng, depth: u32) -> Vec<Step> {
    let step = |rng: &mut Rng| match rng.u32(0..8) {
        0 => Step::Yield,
        1 | 2 => Step::Early(delay(rng), delay(rng)),
        3 | 4 => Step::Bell(delay(rng)),
        5 if depth > 0 => Step::Spawn(steps(rng, depth - 1)),
        _ => Step::Sleep(delay(rng)),
    };
    (0..rng.usize(0..5)).map(|_| step(rng)).collect()
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

/// Tasks that await two sleeps at once, and drop the one that loses.
fn spawn_races(rng: &mut Rng, runtime: &Runtime, round: u32) {
    for number in 0..rng.usize(1..4) {
        let (delay, other) = (delay(rng), 1 + delay(rng));
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
    let sleep = runtime.sleep(ms(7 + delay(rng) * 2));
    runtime.spawn(async move {
        sleep.await;
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
