//! A producer and a consumer on the learner's loop of quest 6.

use std::time::Duration;

use async_channel::bounded;
use observe::observe;
use quest_06_custom_loop::{Task, custom_event_loop};
use quest_08_prodcons::{consumer, producer};
use timeline::{record, simulate_async};

/// The items as they are consumed: 100 ms each.
async fn work(item: &'static str) {
    record("Consumer", format!("begins {item}"));
    tokio::time::sleep(Duration::from_millis(100)).await;
    record("Consumer", format!("ends {item}"));
}

/// Your `custom_event_loop` from quest 6 runs both, and the sends complete at 0, 0, 100 and 200 ms.
#[test]
fn producer_and_consumer_on_your_own_loop() {
    observe!(
        simulate_async(async {
            let (sender, receiver) = bounded(1);
            let tasks: Vec<Task> = vec![
                Box::pin(async move {
                    let unsent = producer("Producer", sender, vec!["a", "b", "c", "d"]).await;
                    record("Producer", format!("is done, unsent: [{}]", unsent.join(", ")));
                }),
                Box::pin(async move {
                    let consumed = consumer(receiver, work).await;
                    record("Consumer", format!("is done, consumed: {consumed}"));
                }),
            ];
            custom_event_loop(tasks).await;
            record("main", "the loop has ended");
        })
        .canonical()
    );
}
