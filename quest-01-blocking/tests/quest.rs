//! What the four functions must do: one behaviour a test, in the order of the lesson.

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

#[test]
fn sequential_takes_the_sum() {
    observe!(simulate(|| {
        sequential(&[("Task 1", ms(3000)), ("Task 2", ms(2000))]);
        record("main", "returned");
    }));
}

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

#[test]
fn sequential_async_takes_the_sum() {
    observe!(simulate_async(async {
        sequential_async(&[]).await;
        record("main", "had nothing to do");
        sequential_async(&[("Task 1", ms(3000)), ("Task 2", ms(0)), ("Task 3", ms(2000))]).await;
        record("main", "returned");
    }));
}

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

// No `canonical` here: the order within the instant is what this test is about.
#[test]
fn concurrent_async_starts_in_the_given_order() {
    observe!(simulate_async(async {
        concurrent_async(&[("Zoe", ms(200)), ("Adam", ms(300)), ("Mia", ms(100))]).await;
        record("main", "returned");
    }));
}

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

#[test]
fn scenario() {
    observe!(scenario::run());
}
