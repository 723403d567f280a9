//! A scenario drawn from a seed: futures with any behaviour under observation, then any jobs with any end.

use std::future;
use std::panic::panic_any;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use ::timeline::{Timeline, record, simulate_async, thread};
use fastrand::Rng;
use quest_09_debug::{BoxError, run_all, traced};
use tokio::time;

use super::{Jobs, Parent, job, ms, run_and_report, unless_it_panics};

/// Runs the scenario of a seed.
pub fn run(seed: u64) -> Timeline {
    let mut rng = Rng::with_seed(seed);
    simulate_async(async move {
        for number in 1..=rng.usize(2..=4) {
            observe_one(&mut rng, &format!("Future {number}")).await;
            time::sleep(ms(rng.u64(1..100))).await;
        }
        jobs(&mut rng).await;
    })
    .canonical()
}

/// What one poll of a future does.
#[derive(Clone, Copy)]
struct Step {
    blocks: u64,
    self_wakes: usize,
    end: End,
}

#[derive(Clone, Copy)]
enum End {
    Pending,
    Ready,
    Panic,
}

/// Polls a traced future with a behaviour of its own by hand, wakes it from outside in between, and drops it at some
/// moment.
async fn observe_one(rng: &mut Rng, name: &str) {
    let script = script(rng);
    let lives = if rng.bool() { script.len() } else { rng.usize(0..=script.len()) };
    let kept: Arc<Mutex<Option<Waker>>> = Arc::default();
    let mut steps = script.into_iter();
    let future = {
        let kept = Arc::clone(&kept);
        future::poll_fn(move |context| {
            let step = steps.next().expect("nobody polls more often than the scenario");
            *kept.lock().expect("nobody panics with it") = Some(context.waker().clone());
            thread::sleep(ms(step.blocks));
            (0..step.self_wakes).for_each(|_| context.waker().wake_by_ref());
            match step.end {
                End::Pending => Poll::Pending,
                End::Ready => Poll::Ready(7),
                End::Panic => panic!("a future panics on purpose"),
            }
        })
    };
    let mut task = Box::pin(traced(name, future));
    record("main", format!("{name}: at most {lives} polls"));
    for _ in 0..lives {
        let parent = ["Parent A", "Parent B"][rng.usize(0..2)];
        let waker = Waker::from(Arc::new(Parent(parent)));
        match unless_it_panics(|| task.as_mut().poll(&mut Context::from_waker(&waker))) {
            Some(Poll::Pending) => {}
            Some(Poll::Ready(output)) => {
                record("main", format!("{name}: returned {output}"));
                break;
            }
            None => {
                record("main", format!("{name}: panicked"));
                break;
            }
        }
        time::sleep(ms(rng.u64(1..200))).await;
        let waker = kept.lock().expect("nobody panics with it").clone().expect("the future was polled");
        match rng.u8(0..4) {
            0 => waker.wake(),
            1 => waker.wake_by_ref(),
            _ => {}
        }
        time::sleep(ms(rng.u64(1..20))).await;
    }
    drop(task);
    record("main", format!("{name}: dropped"));
}

/// Rows of polls that wake themselves, of about ten, and polls of about 100 ms.
fn script(rng: &mut Rng) -> Vec<Step> {
    let mut script = Vec::new();
    for _ in 0..rng.usize(1..=3) {
        let row = if rng.bool() { rng.usize(0..=3) } else { rng.usize(8..=12) };
        for _ in 0..row {
            script.push(Step { blocks: 0, self_wakes: rng.usize(1..=2), end: End::Pending });
        }
        let blocks = if rng.bool() { rng.u64(97..=103) } else { rng.u64(0..=300) };
        script.push(Step { blocks, self_wakes: 0, end: End::Pending });
    }
    match rng.u8(0..4) {
        // It neither blocks nor wakes: what is reported about such a poll is not promised.
        0 => script.push(Step { blocks: 0, self_wakes: 0, end: End::Panic }),
        1 | 2 => {
            let blocks = if rng.bool() { rng.u64(97..=103) } else { 0 };
            script.push(Step { blocks, self_wakes: rng.usize(0..=1), end: End::Ready });
        }
        _ => {}
    }
    script
}

/// How a job ends.
#[derive(Clone, Copy)]
enum Fate {
    Done,
    Failed(u32),
    Literal,
    Text(u32),
    Number,
    Never,
}

/// Jobs that sleep for multiples of 10 ms and end in any way, one of them after blocking the loop.
///
/// The deadline is 7 ms off that grid, and the one that blocks is 3 ms off it and over before the deadline or after
/// it. So nothing ties with either, and it does not matter in which order a program polls.
async fn jobs(rng: &mut Rng) {
    let blocker_waits = 10 * rng.u64(0..60) + 3;
    let blocks = 10 * rng.u64(5..30);
    let mut deadline = 10 * rng.u64(5..200) + 7;
    if (blocker_waits..=blocker_waits + blocks).contains(&deadline) {
        deadline += 10 * blocks.div_ceil(10);
    }
    let mut jobs: Jobs = Vec::new();
    for number in 0..rng.usize(1..=7) {
        let sleeps: Vec<u64> = (0..rng.usize(0..=4)).map(|_| 10 * rng.u64(0..60)).collect();
        let fate = match rng.u8(0..10) {
            0 | 1 => Fate::Failed(rng.u32(..)),
            2 => Fate::Literal,
            3 => Fate::Text(rng.u32(..)),
            4 => Fate::Number,
            5 => Fate::Never,
            _ => Fate::Done,
        };
        jobs.push(job(&format!("Job {number}"), works(sleeps, fate)));
    }
    let blocker = async move {
        time::sleep(ms(blocker_waits)).await;
        record("Blocker", format!("blocks for {blocks} ms"));
        thread::sleep(ms(blocks));
        Ok(())
    };
    jobs.insert(rng.usize(0..=jobs.len()), job("Blocking job", blocker));
    record("main", format!("runs {} jobs for {deadline} ms", jobs.len()));
    run_and_report(jobs, ms(deadline)).await;
    // A job that was not dropped would go on now.
    time::sleep(ms(3000)).await;
    record("main", format!("no jobs: {} outcomes", run_all(vec![], ms(1)).await.len()));
}

async fn works(sleeps: Vec<u64>, fate: Fate) -> Result<(), BoxError> {
    for length in sleeps {
        time::sleep(ms(length)).await;
    }
    match fate {
        Fate::Done => Ok(()),
        Fate::Failed(code) => Err(format!("error {code}").into()),
        Fate::Literal => panic!("a job panics on purpose"),
        Fate::Text(code) => panic!("a job panics with {code}"),
        Fate::Number => panic_any(7),
        Fate::Never => future::pending().await,
    }
}
