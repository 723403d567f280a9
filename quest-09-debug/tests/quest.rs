//! What the log must show, and what `run_all` must survive: one behaviour per test, in the order of the lesson.

use std::future;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use ::timeline::{Timeline, record, simulate_async, thread};
use observe::observe;
use quest_09_debug::{BoxError, Outcome, Task, run_all, traced};
use tokio::time;

mod scenario;

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Polls once, as a loop that needs no wakes would.
fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

// Who is polled, and when?

/// Three polls are logged when they happen, each with what it returned. The future's output passes through.
#[test]
fn every_poll_is_logged() {
    observe!(simulate_async(async {
        let treasure = "gold".to_owned();
        let mut polls = 0;
        let digging = future::poll_fn(|_| {
            polls += 1;
            record("Digger", format!("digs, poll {polls}"));
            if polls < 3 { Poll::Pending } else { Poll::Ready(&treasure) }
        });
        let mut task = pin!(traced(&format!("Task {}", 1), digging));
        record("main", "has made the future");
        for _ in 0..3 {
            time::sleep(ms(1000)).await;
            match poll_once(task.as_mut()) {
                Poll::Ready(treasure) => record("main", format!("gets {treasure}")),
                Poll::Pending => record("main", "gets nothing yet"),
            }
        }
    }));
}

// Who woke it?

/// A bell that a task waits for and another one rings.
#[derive(Clone, Default)]
struct Bell(Arc<Mutex<(u32, Option<Waker>)>>);

impl Bell {
    /// Ready when the bell has been rung this many times.
    async fn wait(&self, times: u32) {
        let mut polls = 0;
        future::poll_fn(|context| {
            polls += 1;
            assert!(polls < 10_000, "a future is polled again and again, although nobody has woken it");
            let mut bell = self.0.lock().expect("nobody panics with the bell");
            bell.1 = Some(context.waker().clone());
            if bell.0 < times { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
    }

    /// Rings, and returns the waker of the task that waits, for the caller to use.
    fn ring(&self) -> Waker {
        let mut bell = self.0.lock().expect("nobody panics with the bell");
        bell.0 += 1;
        bell.1.clone().expect("somebody waits for the bell")
    }
}

/// Woken at 1000 ms while a neighbour blocks the loop, the future is polled at 1050 ms. The log shows both. Two wakes
/// in a row make one poll.
#[test]
fn each_wake_is_logged_when_it_comes() {
    observe!(
        simulate_async(async {
            let bell = Bell::default();
            let neighbour = tokio::spawn({
                let bell = bell.clone();
                async move {
                    time::sleep(ms(1000)).await;
                    bell.ring().wake();
                    record("Neighbour", "rang, now blocks the loop");
                    thread::sleep(ms(50));
                    time::sleep(ms(950)).await;
                    bell.ring().wake_by_ref();
                    record("Neighbour", "rang, now blocks the loop");
                    thread::sleep(ms(70));
                    time::sleep(ms(930)).await;
                    let waker = bell.ring();
                    waker.wake_by_ref();
                    waker.wake();
                    record("Neighbour", "rang, and woke twice");
                }
            });
            let listener = async {
                for times in 1..=3 {
                    bell.wait(times).await;
                    record("Listener", format!("heard bell {times}"));
                }
            };
            traced("Task 1", listener).await;
            neighbour.await.expect("the neighbour does not panic");
        })
        .canonical()
    );
}

/// A parent that does nothing but record who wakes it.
struct Parent(&'static str);

impl Wake for Parent {
    fn wake(self: Arc<Self>) {
        record(self.0, "is woken");
    }
}

/// A future that has moved to another task wakes that task.
#[test]
fn a_wake_goes_to_whoever_polled_last() {
    observe!(
        simulate_async(async {
            let bell = Bell::default();
            let mut task = Box::pin(traced("Task 1", bell.wait(1)));
            let parent = Waker::from(Arc::new(Parent("First parent")));
            let _ = task.as_mut().poll(&mut Context::from_waker(&parent));
            bell.0.lock().expect("nobody panics with the bell").1.take().expect("the task waits").wake();

            time::sleep(ms(500)).await;
            record("main", "is the new parent");
            let ringer = tokio::spawn({
                let bell = bell.clone();
                async move {
                    time::sleep(ms(500)).await;
                    bell.ring().wake();
                }
            });
            task.await;
            record("main", "goes on");
            ringer.await.expect("the ringer does not panic");
        })
        .canonical()
    );
}

// Who holds up the loop?

/// Polls of 100 ms and 250 ms are reported with their lengths, pending or ready. A poll of 99 ms is not.
#[test]
fn a_poll_of_100_ms_is_slow() {
    observe!(simulate_async(async {
        for length in [99, 100, 250] {
            let mut polls = 0;
            let blocking = future::poll_fn(|_| {
                thread::sleep(ms(length));
                polls += 1;
                if polls == 1 { Poll::Pending } else { Poll::Ready(()) }
            });
            let mut task = pin!(traced(&format!("Task of {length} ms"), blocking));
            for _ in 0..2 {
                let _ = poll_once(task.as_mut());
            }
        }
    }));
}

/// Neither waiting for 3 s nor three polls of 60 ms each count as a slow poll.
#[test]
fn waiting_is_not_slow() {
    observe!(simulate_async(async {
        let polite = async {
            time::sleep(ms(3000)).await;
            for _ in 0..3 {
                thread::sleep(ms(60));
                time::sleep(ms(140)).await;
            }
        };
        traced("Task 1", polite).await;
        record("main", "goes on");
    }));
}

/// Each poll calls its own waker as often as the list says, and then is pending; after the last it is ready.
async fn self_waker(wakes: Vec<usize>) {
    let mut polls = wakes.into_iter();
    future::poll_fn(|context| match polls.next() {
        Some(times) => {
            (0..times).for_each(|_| context.waker().wake_by_ref());
            Poll::Pending
        }
        None => Poll::Ready(()),
    })
    .await;
}

/// The tenth poll in a row that wakes its own task is reported, once. Nine in a row, a row with a break, and wakes from
/// outside are not.
// A poll every 10 ms, from 0 on: the tenth is that at 90 ms. The usual events are in other tests.
#[test]
fn ten_self_wakes_in_a_row_are_reported() {
    observe!(reports(&simulate_async(async {
        let with_a_break = [vec![1; 9], vec![0], vec![1; 9]].concat();
        for (name, wakes) in [
            ("Ten", vec![1; 10]),
            ("Nine", vec![1; 9]),
            ("Nine, a break, nine", with_a_break.clone()),
            ("Nine, a break, nineteen", [with_a_break, vec![1; 10]].concat()),
            ("Twenty-five", vec![1; 25]),
            ("Five times two", vec![2; 5]),
        ] {
            record("main", name);
            let mut task = pin!(traced(name, self_waker(wakes)));
            while poll_once(task.as_mut()).is_pending() {
                time::sleep(ms(10)).await;
            }
        }
        record("main", "Thirty wakes from outside");
        let bell = Bell::default();
        let mut task = pin!(traced("Woken by others", bell.wait(30)));
        while poll_once(task.as_mut()).is_pending() {
            time::sleep(ms(10)).await;
            bell.ring().wake();
        }
        record("main", "ended");
    })));
}

/// The timeline without the events that every poll and every wake record.
fn reports(timeline: &Timeline) -> String {
    let usual = ["polled", "woken", "pending", "ready"];
    let lines = timeline.events().iter().filter(|event| !usual.contains(&event.what.as_str()));
    lines.map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

// Who never finished?

/// What the closure returns, or nothing if it panics. A stub's panic passes through.
fn unless_it_panics<T>(closure: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(closure))
        .map_err(|payload| {
            let text = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
            if text.is_some_and(|text| text.starts_with("not yet implemented")) {
                resume_unwind(payload);
            }
        })
        .ok()
}

/// The log says whether a future was dropped before its first poll, halfway, or after a panic. About a finished future
/// it says nothing.
#[test]
fn a_future_dropped_before_its_end_is_reported() {
    observe!(simulate_async(async {
        drop(traced("Forgotten", async { record("Forgotten", "ran") }));

        time::sleep(ms(1000)).await;
        let mut abandoned = Box::pin(traced("Abandoned", time::sleep(ms(3000))));
        let _ = poll_once(abandoned.as_mut());
        time::sleep(ms(1000)).await;
        drop(abandoned);

        let mut broken = Box::pin(traced("Broken", async { panic!("this future panics on purpose") }));
        let panicked = unless_it_panics(|| poll_once(broken.as_mut())).is_none();
        record("main", format!("panicked: {panicked}"));
        time::sleep(ms(1000)).await;
        drop(broken);

        let mut finished = Box::pin(traced("Finished", async {}));
        let _ = poll_once(finished.as_mut());
        time::sleep(ms(1000)).await;
        drop(finished);
        record("main", "has dropped all");
    }));
}

// One fails, the others go on

type Jobs = Vec<(String, Task<Result<(), BoxError>>)>;

/// A job under its name.
fn job(
    name: &str,
    future: impl Future<Output = Result<(), BoxError>> + 'static,
) -> (String, Task<Result<(), BoxError>>) {
    (name.to_owned(), Box::pin(future))
}

/// Sleeps, then succeeds.
async fn done_after(delay: Duration) -> Result<(), BoxError> {
    time::sleep(delay).await;
    Ok(())
}

/// Sleeps, then fails.
async fn fails_after(delay: Duration, error: &'static str) -> Result<(), BoxError> {
    time::sleep(delay).await;
    Err(error.into())
}

/// Runs the jobs and records what came of them, in the order in which it was returned.
async fn run_and_report(jobs: Jobs, deadline: Duration) {
    let outcomes = run_all(jobs, deadline).await;
    record("main", format!("has {} outcomes", outcomes.len()));
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

/// All jobs run at once. Each end is logged when it comes, and the outcomes are in the order of the jobs.
#[test]
fn one_failure_leaves_the_others_alone() {
    observe!(
        simulate_async(async {
            let jobs = vec![
                job("Slow", done_after(ms(300))),
                job("Broken", fails_after(ms(100), "out of paper")),
                job("Twin", done_after(ms(200))),
                job("Twin", fails_after(ms(250), "no ink")),
            ];
            run_and_report(jobs, Duration::MAX).await;
            run_and_report(vec![], Duration::MAX).await;
        })
        .canonical()
    );
}

/// A panic ends its own job and no other, whether it carries a `&str`, a `String` or a number.
#[test]
fn a_panic_ends_one_job_only() {
    observe!(
        simulate_async(async {
            let jobs = vec![
                job("Healthy", async {
                    for _ in 0..5 {
                        time::sleep(ms(100)).await;
                    }
                    Ok(())
                }),
                job("With a literal", async {
                    time::sleep(ms(150)).await;
                    panic!("out of paper")
                }),
                job("With a text", async {
                    let mut wait = String::from("ink");
                    wait.insert_str(0, "no ");
                    panic!("{wait}")
                }),
                job("With a number", async {
                    time::sleep(ms(250)).await;
                    panic_any(7)
                }),
                job("Failing", fails_after(ms(350), "jam")),
            ];
            run_and_report(jobs, ms(10_000)).await;
        })
        .canonical()
    );
}

/// Records when it is dropped.
struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        record("Guard", "dropped");
    }
}

/// At 1 s, the jobs that have not ended are named and dropped. Those that ended before keep their outcome.
#[test]
fn at_the_deadline_the_pending_are_named() {
    observe!(
        simulate_async(async {
            let jobs = vec![
                job("Stuck", async {
                    let _guard = Guard;
                    future::pending().await
                }),
                job("Quick", done_after(ms(200))),
                job("Slow", async {
                    time::sleep(ms(5000)).await;
                    record("Slow", "goes on after the deadline");
                    Ok(())
                }),
                job("Broken", fails_after(ms(300), "out of paper")),
                job("Steady", async {
                    loop {
                        time::sleep(ms(400)).await;
                        record("Steady", "works");
                    }
                }),
            ];
            run_and_report(jobs, ms(1000)).await;
            time::sleep(ms(9000)).await;
            record("main", "ended");
        })
        .canonical()
    );
}

// Anything at all

/// Random futures and jobs leave the log that the stub's documentation describes.
#[test]
fn scenario() {
    observe!(scenario::run(observe::seed()));
}
