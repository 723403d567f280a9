//! caught by: seeds
//! mistake: hard-coded
//! why: Recognises the lists of jobs in the visible tests and replays what they must record; does nothing for any other list.
//! says: What would your functions do with a list of jobs that you have never seen?

use std::time::Duration;

use timeline::{record, thread};
use tokio::time;

pub fn sequential(jobs: &[(&str, Duration)]) {
    replay_blocking(in_turn(jobs));
}

pub async fn sequential_async(jobs: &[(&str, Duration)]) {
    replay(in_turn(jobs)).await;
}

pub async fn concurrent_async(jobs: &[(&str, Duration)]) {
    replay(together(jobs)).await;
}

pub fn concurrent_threads(jobs: &[(&str, Duration)]) {
    replay_blocking(together(jobs));
}

type Event = (u64, &'static str, &'static str);

fn replay_blocking(events: &[Event]) {
    let mut now = 0;
    for &(at, name, what) in events {
        thread::sleep(Duration::from_millis(at - now));
        now = at;
        record(name, what);
    }
}

async fn replay(events: &[Event]) {
    let start = time::Instant::now();
    for &(at, name, what) in events {
        time::sleep_until(start + Duration::from_millis(at)).await;
        record(name, what);
    }
}

fn key(jobs: &[(&str, Duration)]) -> String {
    let jobs: Vec<_> = jobs.iter().map(|(name, delay)| format!("{name} {}", delay.as_millis())).collect();
    jobs.join(", ")
}

fn in_turn(jobs: &[(&str, Duration)]) -> &'static [Event] {
    match key(jobs).as_str() {
        "Task 1 3000, Task 2 2000" => &[
            (0, "Task 1", "started"),
            (3000, "Task 1", "finished"),
            (3000, "Task 2", "started"),
            (5000, "Task 2", "finished"),
        ],
        "Task 3 20, Task 1 0, Task 2 30, Task 3 10" => &[
            (0, "Task 3", "started"),
            (20, "Task 3", "finished"),
            (20, "Task 1", "started"),
            (20, "Task 1", "finished"),
            (20, "Task 2", "started"),
            (50, "Task 2", "finished"),
            (50, "Task 3", "started"),
            (60, "Task 3", "finished"),
        ],
        "Task 1 3000, Task 2 0, Task 3 2000" => &[
            (0, "Task 1", "started"),
            (3000, "Task 1", "finished"),
            (3000, "Task 2", "started"),
            (3000, "Task 2", "finished"),
            (3000, "Task 3", "started"),
            (5000, "Task 3", "finished"),
        ],
        "Task 2 190, Task 1 0, Twin 200, Task 3 400" => &[
            (0, "Task 2", "started"),
            (190, "Task 2", "finished"),
            (190, "Task 1", "started"),
            (190, "Task 1", "finished"),
            (190, "Twin", "started"),
            (390, "Twin", "finished"),
            (390, "Task 3", "started"),
            (790, "Task 3", "finished"),
        ],
        "Task 2 0, Task 1 200" => &[
            (0, "Task 2", "started"),
            (0, "Task 2", "finished"),
            (0, "Task 1", "started"),
            (200, "Task 1", "finished"),
        ],
        _ => &[],
    }
}

fn together(jobs: &[(&str, Duration)]) -> &'static [Event] {
    match key(jobs).as_str() {
        "Task 1 3000, Task 2 0, Task 3 2000" => &[
            (0, "Task 1", "started"),
            (0, "Task 2", "started"),
            (0, "Task 3", "started"),
            (0, "Task 2", "finished"),
            (2000, "Task 3", "finished"),
            (3000, "Task 1", "finished"),
        ],
        "Zoe 200, Adam 300, Mia 100" => &[
            (0, "Zoe", "started"),
            (0, "Adam", "started"),
            (0, "Mia", "started"),
            (100, "Mia", "finished"),
            (200, "Zoe", "finished"),
            (300, "Adam", "finished"),
        ],
        "Task 1 2000, Task 2 3000, Task 3 8000" => &[
            (0, "Task 1", "started"),
            (0, "Task 2", "started"),
            (0, "Task 3", "started"),
            (2000, "Task 1", "finished"),
            (3000, "Task 2", "finished"),
            (8000, "Task 3", "finished"),
        ],
        "Task 1 3000, Task 2 2000" => &[
            (0, "Task 1", "started"),
            (0, "Task 2", "started"),
            (2000, "Task 2", "finished"),
            (3000, "Task 1", "finished"),
        ],
        "Task 1 100, Task 2 300, Task 3 0" => &[
            (0, "Task 1", "started"),
            (0, "Task 2", "started"),
            (0, "Task 3", "started"),
            (0, "Task 3", "finished"),
            (100, "Task 1", "finished"),
            (300, "Task 2", "finished"),
        ],
        "Twin 200, Twin 100" => {
            &[(0, "Twin", "started"), (0, "Twin", "started"), (100, "Twin", "finished"), (200, "Twin", "finished")]
        }
        "Task 2 200, Task 3 200, Task 5 200, Task 1 170, Task 4 200" => &[
            (0, "Task 2", "started"),
            (0, "Task 3", "started"),
            (0, "Task 5", "started"),
            (0, "Task 1", "started"),
            (0, "Task 4", "started"),
            (170, "Task 1", "finished"),
            (200, "Task 2", "finished"),
            (200, "Task 3", "finished"),
            (200, "Task 5", "finished"),
            (200, "Task 4", "finished"),
        ],
        "Task 6 0, Task 3 0, Task 2 0, Task 4 0, Twin 550, Twin 200, Task 7 200" => &[
            (0, "Task 6", "started"),
            (0, "Task 3", "started"),
            (0, "Task 2", "started"),
            (0, "Task 4", "started"),
            (0, "Twin", "started"),
            (0, "Twin", "started"),
            (0, "Task 7", "started"),
            (0, "Task 6", "finished"),
            (0, "Task 3", "finished"),
            (0, "Task 2", "finished"),
            (0, "Task 4", "finished"),
            (200, "Twin", "finished"),
            (200, "Task 7", "finished"),
            (550, "Twin", "finished"),
        ],
        _ => &[],
    }
}
