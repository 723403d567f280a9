//! What producers, consumers and their queue must do: one behaviour a test, in the order of the lesson.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use ::timeline::{Timeline, record, simulate_async};
use async_channel::bounded;
use observe::observe;
use quest_08_prodcons::{Invalid, Report, consumer, producer, run};
use tokio::time;

mod scenario;

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// The items as they are consumed: 100 ms each.
async fn work(item: &'static str) {
    record("Consumer", format!("begins {item}"));
    time::sleep(ms(100)).await;
    record("Consumer", format!("ends {item}"));
}

/// Records what a producer has handed back.
fn report_unsent(name: &str, unsent: &[&str]) {
    record(name, format!("is done, unsent: [{}]", unsent.join(", ")));
}

// A producer

#[test]
fn a_full_queue_makes_the_producer_wait() {
    observe!(
        simulate_async(async {
            let (sender, receiver) = bounded(2);
            let sending = async {
                let unsent = producer("Producer", sender, vec!["a", "b", "c", "d", "e"]).await;
                report_unsent("Producer", &unsent);
            };
            let taking = async {
                for _ in 0..3 {
                    time::sleep(ms(1000)).await;
                    let item = receiver.try_recv().unwrap_or("nothing");
                    record("main", format!("takes {item}"));
                }
                time::sleep(ms(1000)).await;
                record("main", format!("finds {} more, closed: {}", receiver.len(), receiver.is_closed()));
            };
            tokio::join!(biased; sending, taking);
        })
        .canonical()
    );
}

#[test]
fn what_could_not_be_sent_is_handed_back() {
    observe!(
        simulate_async(async {
            let (sender, receiver) = bounded(2);
            let sending = async {
                let unsent = producer("Producer", sender, vec!["a", "b", "c", "d", "e", "f"]).await;
                report_unsent("Producer", &unsent);
            };
            let taking = async {
                time::sleep(ms(1000)).await;
                let item = receiver.try_recv().unwrap_or("nothing");
                record("main", format!("takes {item}"));
                time::sleep(ms(1000)).await;
                record("main", "leaves");
                drop(receiver);
            };
            tokio::join!(biased; sending, taking);

            let (sender, receiver) = bounded(2);
            drop(receiver);
            report_unsent("Too late", &producer("Too late", sender, vec!["a", "b"]).await);
            let (sender, _receiver) = bounded(2);
            report_unsent("Idle", &producer("Idle", sender, vec![]).await);
        })
        .canonical()
    );
}

// A consumer

#[test]
fn the_queue_is_drained_after_its_end() {
    observe!(simulate_async(async {
        let (sender, receiver) = bounded(3);
        for item in ["a", "b", "c"] {
            sender.try_send(item).expect("there is room");
        }
        drop(sender);
        record("main", "has put three items and gone");
        let consumed = consumer(receiver, work).await;
        record("Consumer", format!("is done, consumed: {consumed}"));

        let (sender, receiver) = bounded(3);
        drop(sender);
        let consumed = consumer(receiver, work).await;
        record("Consumer", format!("is done, consumed: {consumed}"));
    }));
}

#[test]
fn the_consumer_ends_with_the_last_sender() {
    observe!(
        simulate_async(async {
            let (first, receiver) = bounded(3);
            let second = first.clone();
            let consuming = async {
                // The work may change what it has captured.
                let mut basket = Vec::new();
                let consumed = consumer(receiver, async |item: &str| basket.push(item)).await;
                record("Consumer", format!("is done, consumed: {consumed}, has: {}", basket.join(" ")));
            };
            let sending = async move {
                time::sleep(ms(100)).await;
                let sent = first.try_send("a").is_ok();
                record("First", format!("sends a: {sent}, and leaves"));
                drop(first);
                time::sleep(ms(200)).await;
                let sent = second.try_send("b").is_ok();
                record("Second", format!("sends b: {sent}"));
                time::sleep(ms(200)).await;
                record("Second", "leaves");
                drop(second);
            };
            tokio::join!(biased; consuming, sending);
        })
        .canonical()
    );
}

#[test]
fn slow_work_holds_the_producer_back() {
    observe!(
        simulate_async(async {
            let (sender, receiver) = bounded(1);
            let sending = async {
                let unsent = producer("Producer", sender, vec!["a", "b", "c", "d"]).await;
                report_unsent("Producer", &unsent);
            };
            let consuming = async {
                let consumed = consumer(receiver, work).await;
                record("Consumer", format!("is done, consumed: {consumed}"));
            };
            tokio::join!(biased; sending, consuming);
        })
        .canonical()
    );
}

// Many of both

/// What a run has returned, as text.
fn result_of(result: Result<Report<&str>, Invalid>) -> String {
    match result {
        Ok(report) => format!("consumed: {}, unsent: [{}]", report.consumed, report.unsent.join(", ")),
        Err(invalid) => format!("{invalid}"),
    }
}

/// All events of each task in their order, without their times, then what `main` recorded.
///
/// Which of several producers gets the next place in the queue, and so when, is nobody's promise.
fn tasks_apart(timeline: &Timeline) -> String {
    let (main, tasks): (Vec<_>, Vec<_>) = timeline.events().iter().partition(|event| event.task == "main");
    let mut by_task: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for event in tasks {
        by_task.entry(&event.task).or_default().push(&event.what);
    }
    let tasks = by_task.into_iter().map(|(task, events)| format!("{task}: {}", events.join(", ")));
    tasks.chain(main.into_iter().map(ToString::to_string)).collect::<Vec<_>>().join("\n")
}

#[test]
fn each_item_once_and_in_order() {
    observe!(tasks_apart(&simulate_async(async {
        let batches = vec![vec!["a1", "a2", "a3", "a4"], vec!["b1", "b2"], vec!["c1", "c2", "c3"]];
        let result = run(batches, 2, 2, async |item| {
            record(format!("Batch {}", &item[..1]), format!("{item} begins"));
            time::sleep(ms(100)).await;
        });
        record("main", result_of(result.await));
    })));
}

#[test]
fn consumers_share_the_work() {
    observe!(
        simulate_async(async {
            for consumers in [1, 2, 8] {
                let start = time::Instant::now();
                let at_work = Rc::new(Cell::new(0));
                let most = Rc::new(Cell::new(0));
                let work = {
                    let (at_work, most) = (Rc::clone(&at_work), Rc::clone(&most));
                    async move |_: &str| {
                        at_work.set(at_work.get() + 1);
                        most.set(at_work.get().max(most.get()));
                        time::sleep(ms(100)).await;
                        at_work.set(at_work.get() - 1);
                    }
                };
                let result = result_of(run(vec![vec!["a", "b", "c", "d", "e", "f"]], consumers, 3, work).await);
                let took = start.elapsed();
                record("main", format!("{consumers} consumers: {} ms, at work: {}", took.as_millis(), most.get()));
                record("main", result);
                time::sleep(ms(1000).saturating_sub(took)).await;
            }
        })
        .canonical()
    );
}

#[test]
fn without_consumers_or_room_nothing_is_sent() {
    observe!(
        simulate_async(async {
            record("main", result_of(run(vec![vec!["a", "b"]], 0, 2, work).await));
            record("main", result_of(run(vec![vec!["a", "b"]], 1, 0, work).await));
            record("main", result_of(run(vec![], 3, 2, work).await));
            record("main", result_of(run(vec![vec![], vec![]], 1, 1, work).await));
            record("main", result_of(run(vec![vec![], vec!["c"]], 1, 1, work).await));
        })
        .canonical()
    );
}

/// Awaits a future, and records if it panics instead. What a stub says passes through.
async fn record_panic<F: Future<Output = ()>>(future: F) {
    let mut future = pin!(future);
    let caught = future::poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(polled) => polled.map(|()| None),
        Err(payload) => Poll::Ready(Some(payload)),
    });
    if let Some(payload) = caught.await {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        if text.or(payload.downcast_ref::<&str>().copied()).is_some_and(|text| text.starts_with("not yet implemented"))
        {
            resume_unwind(payload);
        }
        record("main", "has caught a panic");
    }
}

#[test]
fn a_panic_in_the_work_passes_through() {
    observe!(
        simulate_async(async {
            let done = Rc::new(RefCell::new(Vec::new()));
            let work = {
                let done = Rc::clone(&done);
                async move |item: &'static str| {
                    time::sleep(ms(100)).await;
                    assert!(item != "bad", "the work panics on purpose");
                    done.borrow_mut().push(item);
                }
            };
            record_panic(async {
                let result = run(vec![vec!["a", "b", "bad", "c", "d", "e"]], 1, 1, work).await;
                record("main", result_of(result));
            })
            .await;
            record("main", format!("done: {}", done.borrow().join(" ")));
        })
        .canonical()
    );
}

// Anything at all

#[test]
fn scenario() {
    observe!(scenario::run_all(observe::seed()));
}
