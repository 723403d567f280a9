//! Ticks on the learner's loop of quest 6.

use std::future::{Future, poll_fn};
use std::time::Duration;

use observe::observe;
use quest_06_custom_loop::{Task, custom_event_loop};
use quest_07_periodic::{ZeroInterval, periodic_task};
use timeline::{record, simulate_async};

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// The future itself, but it ends a test that polls it in a busy loop.
fn bounded<T>(future: impl Future<Output = T>) -> impl Future<Output = T> {
    let (mut future, mut polls) = (Box::pin(future), 0);
    poll_fn(move |context| {
        polls += 1;
        assert!(polls < 10_000, "polled 10 000 times: somebody polls, or wakes, without a reason");
        future.as_mut().poll(context)
    })
}

fn end(result: Result<u32, ZeroInterval>) -> String {
    match result {
        Ok(ticks) => format!("returned {ticks}"),
        Err(ZeroInterval) => "returned ZeroInterval".to_owned(),
    }
}

/// Your `custom_event_loop` from quest 6 runs a periodic task and a quick one together.
#[test]
fn it_ticks_on_your_loop_of_quest_6() {
    observe!(
        simulate_async(async {
            let quick: Task<Result<u32, ZeroInterval>> = Box::pin(async {
                tokio::time::sleep(ms(3000)).await;
                record("Quick task", "finished");
                Ok(0)
            });
            let tasks: Vec<Task<_>> = vec![Box::pin(periodic_task(ms(2000), "Periodic Task", ms(10_000))), quick];
            for result in bounded(custom_event_loop(tasks)).await {
                record("main", end(result));
            }
        })
        .canonical()
    );
}
