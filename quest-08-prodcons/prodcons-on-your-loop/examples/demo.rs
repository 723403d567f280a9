//! A producer and a consumer on the loop of quest 6, in real time, then many of both.

use std::io;
use std::time::Duration;

use async_channel::bounded;
use quest_06_custom_loop::{Task, custom_event_loop};
use quest_08_prodcons::{consumer, producer, run};
use timeline::{record, section};
use tokio::time;

fn main() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;

    section("Room for one item, and 1 s of work: the queue holds the producer back");
    let (sender, receiver) = bounded(1);
    let tasks: Vec<Task> = vec![
        Box::pin(async move {
            let items = vec!["tea", "milk", "bread", "jam"];
            let unsent = producer("Producer", sender, items).await;
            record("Producer", format!("is done, unsent: {}", unsent.len()));
        }),
        Box::pin(async move {
            let consumed = consumer(receiver, |item| work("Consumer", item)).await;
            record("Consumer", format!("is done, consumed: {consumed}"));
        }),
    ];
    runtime.block_on(custom_event_loop(tasks));

    section("Two producers, three consumers");
    let batches = vec![vec!["tea", "milk", "bread"], vec!["nails", "rope", "glue"]];
    match runtime.block_on(run(batches, 3, 2, |item| work("A consumer", item))) {
        Ok(report) => record("main", format!("consumed: {}", report.consumed)),
        Err(invalid) => record("main", invalid),
    }

    section("No consumers");
    match runtime.block_on(run(vec![vec!["tea"]], 0, 2, |item| work("Nobody", item))) {
        Ok(report) => record("main", format!("consumed: {}", report.consumed)),
        Err(invalid) => record("main", invalid),
    }
    Ok(())
}

async fn work(name: &'static str, item: &'static str) {
    record(name, format!("begins {item}"));
    time::sleep(Duration::from_secs(1)).await;
    record(name, format!("ends {item}"));
}
