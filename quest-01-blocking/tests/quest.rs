//! What the four functions must do: one behaviour per test, in the order of the lesson.

mod scenario;

use std::time::Duration;

use ::timeline::{record, simulate, simulate_async, thread};
use observe::observe;
use quest_01_blocking::{concurrent_async, concurrent_threads, sequential, sequential_async};
use tokio::time;

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

// One after the other

/// Jobs of 3 s and 2 s, one after the other, take 5 s.
#[test]
fn sequential_takes_the_sum() {
    observe!(simulate(|| {
        sequential(&[("Task 1", ms(3000)), ("Task 2", ms(2000))]);
        record("main", "returned");
    }));
}

/// Every job runs, in the given order. An empty list, a delay of zero and two jobs with the same name work, too.
#[test]
fn sequential_goes_through_every_job() {
    observe!(simulate(|| {
        sequential(&[]);
        record("main", "had nothing to do");
        sequential(&[("Task 3", ms(20)), ("Task 1", ms(0)), ("Task 2", ms(30)), ("Task 3", ms(10))]);
        record("main", "returned");
    }));
}

// One after the other, as async functions

/// Awaited one after the other, jobs of 3 s, 0 s and 2 s still take 5 s.
#[test]
fn sequential_async_takes_the_sum() {
    observe!(simulate_async(async {
        sequential_async(&[]).await;
        record("main", "had nothing to do");
        sequential_async(&[("Task 1", ms(3000)), ("Task 2", ms(0)), ("Task 3", ms(2000))]).await;
        record("main", "returned");
    }));
}

/// A neighbour on the same thread gets its turn at 1 s, while Task 1 is waiting.
#[test]
fn sequential_async_lets_others_run() {
    observe!(
        simulate_async(async {
            let neighbour = async {
                time::sleep(ms(1000)).await;
                record("Neighbour", "had its turn");
            };
            let jobs = [("Task 1", ms(3000)), ("Task 2", ms(2000))];
            tokio::join!(biased; sequential_async(&jobs), neighbour);
        })
        .canonical()
    );
}

// All at once, on one thread

/// Jobs of 3 s, 0 s and 2 s, all at once, take 3 s.
#[test]
fn concurrent_async_takes_the_longest() {
    observe!(
        simulate_async(async {
            concurrent_async(&[("Task 1", ms(3000)), ("Task 2", ms(0)), ("Task 3", ms(2000))]).await;
            record("main", "returned");
            concurrent_async(&[]).await;
            record("main", "had nothing to do");
        })
        .canonical()
    );
}

/// All jobs start at 0, in the order of the list, and each finishes after its own delay.
// No `canonical` here: the order within the instant is what this test is about.
#[test]
fn concurrent_async_starts_in_the_given_order() {
    observe!(simulate_async(async {
        concurrent_async(&[("Zoe", ms(200)), ("Adam", ms(300)), ("Mia", ms(100))]).await;
        record("main", "returned");
    }));
}

/// A neighbour blocks the thread from 1 s to 6 s. Jobs due at 2 s and 3 s finish at 6 s; a job due at 8 s is on time.
// The neighbour blocks only after a second, when every correct program has started its jobs.
#[test]
fn a_blocking_neighbour_makes_jobs_late() {
    observe!(
        simulate_async(async {
            let jobs = [("Task 1", ms(2000)), ("Task 2", ms(3000)), ("Task 3", ms(8000))];
            let neighbour = async {
                time::sleep(ms(1000)).await;
                record("Neighbour", "blocks");
                thread::sleep(ms(5000));
                record("Neighbour", "lets go");
            };
            tokio::join!(biased; concurrent_async(&jobs), neighbour);
            record("main", "returned");
        })
        .canonical()
    );
}

// All at once, without async

/// Jobs of 3 s and 2 s, each on its own thread, take 3 s.
#[test]
fn concurrent_threads_takes_the_longest() {
    observe!(
        simulate(|| {
            concurrent_threads(&[("Task 1", ms(3000)), ("Task 2", ms(2000))]);
            record("main", "returned");
        })
        .canonical()
    );
}

/// Every list of jobs works: an empty one, a delay of zero, two jobs with the same name. The call returns when the last
/// job has finished.
#[test]
fn concurrent_threads_runs_any_list_of_jobs() {
    observe!(
        simulate(|| {
            concurrent_threads(&[("Task 1", ms(100)), ("Task 2", ms(300)), ("Task 3", ms(0))]);
            record("main", "returned");
            concurrent_threads(&[]);
            record("main", "had nothing to do");
            thread::sleep(ms(700));
            concurrent_threads(&[("Twin", ms(200)), ("Twin", ms(100))]);
            record("main", "returned");
        })
        .canonical()
    );
}

// Anything at all

/// Random lists of jobs take as long as they do with the course's solution, whether a neighbour takes its turn or
/// blocks.
#[test]
fn scenario() {
    observe!(scenario::run());
}
