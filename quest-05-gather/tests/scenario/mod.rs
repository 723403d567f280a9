//! Random futures: what they wait for, which of them fail, and which are dropped halfway.
//!
//! Whether a future is polled at the very instant at which another one fails is open. So each future of a round wakes
//! at its own instants: they differ modulo [`GRID`].

use std::pin::Pin;
use std::time::Duration;

use ::timeline::record;
use fastrand::Rng;
use quest_05_gather::{YieldNow, both, gather, task_1, task_2, try_gather};
use tokio::time::{self, Instant};

use super::probe::{Guard, Probe};

/// Every round starts at a multiple of this many milliseconds.
const GRID: u64 = 20;

/// Runs the quest's functions on what the seed draws.
pub async fn run(seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let start = Instant::now();
    for round in 1..=rng.u32(3..=5) {
        run_round(&mut rng, round).await;
        // Long enough for a future that should have been dropped to be noticed.
        time::sleep(Duration::from_millis(200)).await;
        let elapsed = u64::try_from(start.elapsed().as_millis()).expect("a scenario takes seconds");
        time::sleep(Duration::from_millis(GRID - elapsed % GRID)).await;
    }
    sleep_together(&mut rng).await;
    match rng.u32(..4) {
        0 => task_1().await,
        1 => task_2().await,
        2 => both().await,
        _ => return,
    }
    record("main", "ended");
}

/// Gathers three that do nothing but sleep, for any time.
async fn sleep_together(rng: &mut Rng) {
    let sleepers = (1..=3).map(|number| {
        let delay = Duration::from_millis(rng.u64(1..2000));
        Probe::new(async move {
            time::sleep(delay).await;
            record(format!("Sleeper {number}"), "wakes");
            number
        })
    });
    record("main", format!("{:?}", gather(sleepers.collect()).await));
}

async fn run_round(rng: &mut Rng, round: u32) {
    // The first rounds have one kind each, so that every seed tries all three.
    let kind = if round <= 3 { round } else { rng.u32(1..=3) };
    let count = if rng.u32(..10) == 0 { 0 } else { rng.u64(2..=6) };
    let plans = (1..=count).map(|index| Plan::draw(rng, &format!("{round}.{index}"), index, kind == 2, 0));
    let futures: Vec<_> = plans.map(|plan| Probe::new(plan.run())).collect();
    match kind {
        1 => record("main", format!("{:?}", values(gather(futures).await))),
        2 => record("main", format!("{:?}", try_gather(futures).await)),
        _ => {
            let patience = Duration::from_millis(GRID * rng.u64(0..5) + GRID - 1);
            match time::timeout(patience, gather(futures)).await {
                Ok(outcomes) => record("main", format!("{:?}, in time", values(outcomes))),
                Err(_) => record("main", "gave up"),
            }
        }
    }
}

fn values(outcomes: Vec<Result<u32, u32>>) -> Vec<u32> {
    outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(|error| error)).collect()
}

/// A future that has not been made yet.
struct Plan {
    name: String,
    steps: Vec<Step>,
    outcome: Result<u32, u32>,
}

enum Step {
    Sleep(Duration),
    Yield(u32),
    Gather(Vec<Plan>),
}

impl Plan {
    /// Draws a future that wakes at instants that are `phase` more than a multiple of the grid, or at the very
    /// beginning.
    fn draw(rng: &mut Rng, name: &str, phase: u64, may_fail: bool, depth: u32) -> Self {
        let mut steps = Vec::new();
        if rng.bool() {
            steps.push(Step::Yield(rng.u32(1..=3)));
        }
        // The first sleep of the outermost leads off the grid, all later ones are multiples of it.
        let sleeps = [0, 1, 1, 2, 3][rng.usize(..5)];
        for index in 0..sleeps {
            let off = if index == 0 && depth == 0 { phase } else { 0 };
            steps.push(Step::Sleep(Duration::from_millis(GRID * rng.u64(0..4) + off)));
            match rng.u32(..4) {
                0 => steps.push(Step::Yield(rng.u32(1..=3))),
                1 if depth < 2 => {
                    let children = (1..=rng.u32(0..=3))
                        .map(|child| Self::draw(rng, &format!("{name}.{child}"), phase, false, depth + 1))
                        .collect();
                    steps.push(Step::Gather(children));
                }
                _ => {}
            }
        }
        // If one failed at the beginning, it would be open which of the others begin at all.
        let fails = may_fail && sleeps > 0 && rng.u32(..3) == 0;
        let value = rng.u32(..10);
        Self { name: name.to_owned(), steps, outcome: if fails { Err(value) } else { Ok(value) } }
    }

    /// What the plan says. Boxed, since a future that contains its own type would have no size.
    fn run(self) -> Pin<Box<dyn Future<Output = Result<u32, u32>>>> {
        let guard = Guard::new(self.name);
        Box::pin(async move {
            guard.record("begins");
            for step in self.steps {
                match step {
                    Step::Sleep(delay) => time::sleep(delay).await,
                    Step::Yield(times) => {
                        for _ in 0..times {
                            YieldNow::new().await;
                        }
                        guard.record("has yielded");
                    }
                    Step::Gather(plans) => {
                        let futures = plans.into_iter().map(|plan| Probe::new(plan.run())).collect();
                        guard.record(&format!("{:?}", values(gather(futures).await)));
                    }
                }
            }
            guard.end(if self.outcome.is_ok() { "ends" } else { "fails" });
            self.outcome
        })
    }
}
