//! A periodic task on your loop of quest 6, with tokio's clock below it. Then on your own runtime, with nothing below it.

use std::time::Duration;

use quest_06_custom_loop::{Task, custom_event_loop};
use quest_07_periodic::{Runtime, Stalled, ZeroInterval, periodic_task};
use timeline::{record, section, thread};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn main() {
    section("Every 2 s, on your loop of quest 6, on tokio");
    let tokio = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("tokio starts");
    let task: Task<Result<u32, ZeroInterval>> = Box::pin(periodic_task(seconds(2), "Periodic Task", seconds(10)));
    for result in tokio.block_on(custom_event_loop(vec![task])) {
        match result {
            Ok(ticks) => record("main", format!("it ticked {ticks} times")),
            Err(ZeroInterval) => record("main", "the interval is zero"),
        }
    }

    section("Every 2 s and every 3 s, on your own runtime; the thread is blocked from 3.5 s to 6.5 s");
    let runtime = Runtime::new();
    for (interval, name) in [(2, "Every 2 s"), (3, "Every 3 s")] {
        if runtime.spawn_periodic(seconds(interval), name, seconds(10)).is_err() {
            record(name, "the interval is zero");
        }
    }
    let sleep = runtime.sleep(Duration::from_millis(3500));
    runtime.spawn(async move {
        sleep.await;
        record("Blocker", "blocks the thread");
        thread::sleep(seconds(3));
        record("Blocker", "lets go");
    });
    match runtime.run() {
        Ok(()) => record("main", "all tasks have finished"),
        Err(Stalled { pending }) => record("main", format!("stalled, pending: {pending}")),
    }
}
