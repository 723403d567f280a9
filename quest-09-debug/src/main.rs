//! Tasks under observation, in real time: a healthy one, one that stalls the loop, and some that go wrong.

use std::io;
use std::time::Duration;

use quest_09_debug::{BoxError, Outcome, Task, run_all, traced};
use timeline::{record, section, thread};
use tokio::time;

fn main() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;

    section("A healthy task: polled, pending, woken, ready");
    runtime.block_on(async { traced("Healthy", time::sleep(Duration::from_secs(1))).await });

    section("One task stalls the loop, and its neighbour is late");
    let jobs = vec![job("Neighbour", neighbour()), job("Stalled", stalled())];
    report(&runtime.block_on(run_all(jobs, Duration::from_secs(5))));

    section("One fails, one panics, one never ends, and the others go on");
    let jobs = vec![
        job("Failing", async { Err("out of paper".into()) }),
        job("Panicking", async { panic!("the printer is on fire") }),
        job("Endless", std::future::pending()),
        job("Healthy", async {
            time::sleep(Duration::from_secs(1)).await;
            Ok(())
        }),
    ];
    report(&runtime.block_on(run_all(jobs, Duration::from_secs(2))));
    Ok(())
}

/// Wants its turn every 250 ms.
async fn neighbour() -> Result<(), BoxError> {
    for _ in 0..4 {
        time::sleep(Duration::from_millis(250)).await;
    }
    Ok(())
}

/// Blocks the thread for 600 ms, where it should have awaited.
async fn stalled() -> Result<(), BoxError> {
    time::sleep(Duration::from_millis(300)).await;
    thread::sleep(Duration::from_millis(600));
    Ok(())
}

/// A job that logs what happens to it.
fn job(
    name: &str,
    future: impl Future<Output = Result<(), BoxError>> + 'static,
) -> (String, Task<Result<(), BoxError>>) {
    (name.to_owned(), Box::pin(traced(name, future)))
}

fn report(outcomes: &[(String, Outcome)]) {
    for (name, outcome) in outcomes {
        let outcome = match outcome {
            Outcome::Done => "done",
            Outcome::Failed => "failed",
            Outcome::Panicked => "panicked",
            Outcome::Pending => "pending",
        };
        record("main", format!("{name}: {outcome}"));
    }
}
