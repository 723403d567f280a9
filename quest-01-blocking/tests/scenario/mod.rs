//! Lists of jobs drawn from a seed, for each of the four functions.
//!
//! Jobs take whole hundredths of a second, and neighbours act in between: so nothing depends on what comes first within
//! an instant.

use std::time::Duration;

use ::timeline::{record, simulate, simulate_async, thread};
use fastrand::Rng;
use quest_01_blocking::{concurrent_async, concurrent_threads, sequential, sequential_async};
use tokio::time;

pub fn run() -> String {
    let mut rng = Rng::with_seed(observe::seed());
    let (first, second, third, fourth) = (jobs(&mut rng), jobs(&mut rng), jobs(&mut rng), jobs(&mut rng));
    let turns = [between(&mut rng), between(&mut rng)];
    let (blocks_at, blocks_for) = (between(&mut rng), hundredths(rng.u64(1..=60)));
    let timelines = [
        simulate(|| {
            sequential(&borrow(&first));
            record("main", "sequential returned");
        }),
        simulate_async(async {
            let neighbour = async {
                for turn in turns {
                    time::sleep(turn).await;
                    record("Neighbour", "had its turn");
                    // The next turn lies between hundredths again.
                    time::sleep(Duration::from_millis(5)).await;
                }
            };
            tokio::join!(biased; async {
                sequential_async(&borrow(&second)).await;
                record("main", "sequential_async returned");
            }, neighbour);
        }),
        simulate_async(async {
            let neighbour = async {
                time::sleep(blocks_at).await;
                record("Neighbour", "blocks");
                thread::sleep(blocks_for);
                record("Neighbour", "lets go");
            };
            tokio::join!(biased; async {
                concurrent_async(&borrow(&third)).await;
                record("main", "concurrent_async returned");
            }, neighbour);
        })
        .canonical(),
        simulate(|| {
            concurrent_threads(&borrow(&fourth));
            record("main", "concurrent_threads returned");
        })
        .canonical(),
    ];
    timelines.map(|timeline| timeline.to_string()).join("\n")
}

const fn hundredths(number: u64) -> Duration {
    Duration::from_millis(10 * number)
}

/// A time at which no job starts or finishes.
fn between(rng: &mut Rng) -> Duration {
    hundredths(rng.u64(0..=60)) + Duration::from_millis(5)
}

/// Up to seven jobs, some of them with the same delay, some with the same name.
fn jobs(rng: &mut Rng) -> Vec<(String, Duration)> {
    let mut jobs = Vec::new();
    for number in 1..=rng.usize(0..=7) {
        let delay = match rng.u32(..4) {
            0 => Duration::ZERO,
            1 => hundredths(20),
            _ => hundredths(rng.u64(1..=60)),
        };
        // Of two events with one name in one instant, either may be the first: so a job without delay has no twin.
        let is_twin = !delay.is_zero() && rng.u32(..4) == 0;
        jobs.push((if is_twin { "Twin".to_owned() } else { format!("Task {number}") }, delay));
    }
    rng.shuffle(&mut jobs);
    jobs
}

fn borrow(jobs: &[(String, Duration)]) -> Vec<(&str, Duration)> {
    jobs.iter().map(|(name, delay)| (name.as_str(), *delay)).collect()
}
