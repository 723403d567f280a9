//! A scenario drawn from a seed: a pipeline that is left in the middle, and runs of all shapes.

use std::collections::BTreeMap;

use ::timeline::{Event, record, simulate_async};
use async_channel::bounded;
use fastrand::Rng;
use quest_08_prodcons::{Invalid, Report, consumer, producer, run};
use tokio::time;

use super::ms;

/// Runs the scenario of a seed, and returns what every correct program shares.
pub fn run_all(seed: u64) -> String {
    let mut rng = Rng::with_seed(seed);
    let first = simulate_async(pipeline_that_is_left(&mut rng)).canonical();
    let second = simulate_async(one_batch(&mut rng)).canonical();
    let third = simulate_async(many_batches(&mut rng));
    format!("{first}\n\n{second}\n\n{}", counted(third.events()))
}

/// Items: a name each, and how long the work on it takes.
fn items(rng: &mut Rng, prefix: &str, most: usize) -> Vec<String> {
    let number = if rng.u8(0..8) == 7 { 0 } else { rng.usize(1..=most) };
    (0..number).map(|number| format!("{prefix}{number} {}", 10 * rng.u64(0..20))).collect()
}

async fn work(item: &str) {
    let (_, length) = item.rsplit_once(' ').expect("an item is a name and a length");
    record(item, "begins");
    time::sleep(ms(length.parse().expect("a length is a number"))).await;
    record(item, "ends");
}

/// One producer and one consumer, which may leave at some moment, 5 ms off the grid of all else.
async fn pipeline_that_is_left(rng: &mut Rng) {
    let capacity = rng.usize(1..=4);
    let items = items(rng, "item ", 12);
    record("main", format!("{} items, capacity {capacity}", items.len()));
    let (sender, receiver) = bounded(capacity);
    let pause = 10 * rng.u64(0..10);
    let sending = async {
        time::sleep(ms(pause)).await;
        let unsent = producer("Producer", sender, items).await;
        record("Producer", format!("unsent: [{}]", unsent.join(", ")));
    };
    let leaves = 10 * rng.u64(0..100) + 5;
    let stays = rng.bool();
    let consuming = async {
        let consumed = time::timeout(ms(if stays { 50_000 } else { leaves }), async {
            consumer(receiver, async |item: String| work(&item).await).await
        });
        match consumed.await {
            Ok(consumed) => record("Consumer", format!("consumed: {consumed}")),
            Err(_) => record("Consumer", "leaves"),
        }
    };
    tokio::join!(biased; sending, consuming);
}

fn text(result: Result<Report<String>, Invalid>) -> String {
    match result {
        Ok(report) => format!("consumed: {}, unsent: [{}]", report.consumed, report.unsent.join(", ")),
        Err(invalid) => invalid.to_string(),
    }
}

/// One batch: whichever consumer takes an item, each begins and ends at a time that is known. Sometimes dropped in
/// between.
async fn one_batch(rng: &mut Rng) {
    let (consumers, capacity) = (rng.usize(0..=4), rng.usize(0..=4));
    // With both at zero, either of the two errors may be returned.
    let consumers = if capacity == 0 { consumers.max(1) } else { consumers };
    let items = items(rng, "item ", 15);
    record("main", format!("{} items, {consumers} consumers, capacity {capacity}", items.len()));
    let patience = if rng.u8(0..3) == 0 { 10 * rng.u64(0..50) + 5 } else { 50_000 };
    let running = run(vec![items], consumers, capacity, async |item: String| work(&item).await);
    match time::timeout(ms(patience), running).await {
        Ok(result) => record("main", text(result)),
        Err(_) => record("main", "drops it"),
    }
    time::sleep(ms(1000)).await;
    record("main", "ended");
}

/// Several batches of items that take equally long. Which item gets a place in the queue first is open; how many do is
/// not.
async fn many_batches(rng: &mut Rng) {
    let (consumers, capacity) = (rng.usize(1..=4), rng.usize(1..=4));
    let length = 10 * rng.u64(0..20);
    let batches: Vec<Vec<String>> = (1..=rng.usize(2..=4))
        .map(|batch| (0..rng.usize(0..=6)).map(|item| format!("{batch}.{item}")).collect())
        .collect();
    record("main", format!("{} batches, {consumers} consumers, capacity {capacity}", batches.len()));
    let result = run(batches, consumers, capacity, async move |item: String| {
        let (batch, _) = item.split_once('.').expect("an item names its batch");
        record(format!("Batch {batch}"), format!("{item} begins"));
        time::sleep(ms(length)).await;
    });
    record("main", text(result.await));
}

/// How many events of producers and of consumers there are at each instant, then the events of each task in order.
fn counted(events: &[Event]) -> String {
    let mut at: BTreeMap<_, (usize, usize)> = BTreeMap::new();
    let mut by_task: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for event in events {
        let (sent, begun) = at.entry(event.at).or_default();
        if event.task.starts_with("Producer") {
            *sent += 1;
        } else if event.task.starts_with("Batch") {
            *begun += 1;
        }
        by_task.entry(&event.task).or_default().push(&event.what);
    }
    let counts = at.into_iter().map(|(at, (sent, begun))| format!("{} ms: {sent} sent, {begun} begun", at.as_millis()));
    let tasks = by_task.into_iter().map(|(task, events)| format!("{task}: {}", events.join(", ")));
    counts.chain(tasks).collect::<Vec<_>>().join("\n")
}
