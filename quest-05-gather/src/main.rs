//! Two tasks together in real time, then `YieldNow`, `gather` and `try_gather`.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use quest_05_gather::{YieldNow, both, gather, task_1, task_2, try_gather};
use timeline::{record, section};
use tokio::time;

fn main() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    runtime.block_on(async {
        section("Two tasks together");
        both().await;

        section("The same with gather");
        let tasks: Vec<Pin<Box<dyn Future<Output = ()>>>> = vec![Box::pin(task_1()), Box::pin(task_2())];
        gather(tasks).await;

        section("Two counters that yield take turns");
        gather(vec![count("Ping"), count("Pong")]).await;

        section("Up to the first error");
        let errands = vec![errand("Milk", 1, true), errand("Bread", 2, false), errand("Cheese", 3, true)];
        match try_gather(errands).await {
            Ok(bought) => record("main", format!("bought {bought:?}")),
            Err(missing) => record("main", format!("there is no {missing}: we go home")),
        }
    });
    Ok(())
}

async fn count(name: &str) {
    for number in 1..=3 {
        record(name, number);
        YieldNow::new().await;
    }
}

async fn errand(name: &'static str, seconds: u64, in_stock: bool) -> Result<&'static str, &'static str> {
    time::sleep(Duration::from_secs(seconds)).await;
    record(name, if in_stock { "found" } else { "sold out" });
    if in_stock { Ok(name) } else { Err(name) }
}
