//! why: Producers and consumers are tasks of one `JoinSet` on a `LocalSet`, consumers first; each work is counted as it ends.

use std::cell::Cell;
use std::fmt::Display;
use std::rc::Rc;

use async_channel::{Receiver, Sender, bounded};
use timeline::record;
use tokio::task::{JoinSet, LocalSet};

pub async fn producer<T: Display>(name: &str, queue: Sender<T>, mut items: Vec<T>) -> Vec<T> {
    items.reverse();
    while let Some(item) = items.pop() {
        let what = format!("sent {item}");
        if let Err(error) = queue.send(item).await {
            items.push(error.0);
            break;
        }
        record(name, what);
    }
    items.reverse();
    items
}

pub async fn consumer<T>(queue: Receiver<T>, mut work: impl AsyncFnMut(T)) -> usize {
    let consumed = Cell::new(0);
    while let Ok(item) = queue.recv().await {
        work(item).await;
        consumed.set(consumed.get() + 1);
    }
    consumed.get()
}

pub struct Report<T> {
    pub consumed: usize,
    pub unsent: Vec<T>,
}

#[derive(thiserror::Error, Debug)]
pub enum Invalid {
    #[error("at least one consumer is needed")]
    NoConsumers,
    #[error("the queue needs room for at least one item")]
    NoCapacity,
}

pub async fn run<T: Display + 'static>(
    batches: Vec<Vec<T>>,
    consumers: usize,
    capacity: usize,
    work: impl AsyncFn(T) + 'static,
) -> Result<Report<T>, Invalid> {
    if consumers < 1 {
        return Err(Invalid::NoConsumers);
    } else if capacity < 1 {
        return Err(Invalid::NoCapacity);
    }
    LocalSet::new().run_until(run_tasks(batches, consumers, capacity, work)).await
}

async fn run_tasks<T: Display + 'static>(
    batches: Vec<Vec<T>>,
    consumers: usize,
    capacity: usize,
    work: impl AsyncFn(T) + 'static,
) -> Result<Report<T>, Invalid> {
    let (sender, receiver) = bounded(capacity);
    let consumed = Rc::new(Cell::new(0));
    let shared = Rc::new((work, Rc::clone(&consumed)));
    let mut tasks = JoinSet::new();
    for _ in 0..consumers {
        let (receiver, shared) = (receiver.clone(), Rc::clone(&shared));
        tasks.spawn_local(async move {
            let (work, consumed) = &*shared;
            consumer(receiver, async |item| {
                work(item).await;
                consumed.set(consumed.get() + 1);
            })
            .await;
            (usize::MAX, Vec::new())
        });
    }
    drop(receiver);
    for (index, items) in batches.into_iter().enumerate() {
        let sender = sender.clone();
        tasks.spawn_local(async move {
            let name = format!("Producer {}", index + 1);
            (index, producer(&name, sender, items).await)
        });
    }
    drop(sender);
    let mut unsent = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        unsent.push(ended.expect("neither side panics by itself"));
    }
    unsent.sort_by_key(|(index, _)| *index);
    let unsent = unsent.into_iter().flat_map(|(_, items)| items).collect();
    Ok(Report { consumed: consumed.get(), unsent })
}
