//! caught by: sequential_takes_the_sum, sequential_goes_through_every_job, sequential_async_takes_the_sum, sequential_async_lets_others_run, concurrent_async_takes_the_longest, concurrent_async_starts_in_the_given_order, a_blocking_neighbour_makes_jobs_late, concurrent_threads_takes_the_longest, concurrent_threads_runs_any_list_of_jobs, scenario
//! mistake: does-nothing
//! why: Does nothing at all; every test must notice.
//! says: Which line of the timeline should be recorded first, and which code records it?

use std::time::Duration;

pub fn sequential(_: &[(&str, Duration)]) {}

pub async fn sequential_async(_: &[(&str, Duration)]) {}

pub async fn concurrent_async(_: &[(&str, Duration)]) {}

pub fn concurrent_threads(_: &[(&str, Duration)]) {}
