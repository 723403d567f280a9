//! why: Each role joins with all that follow it, in nested `tokio::join!`; items wait at the channel's gate with `try_send` first.

use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::pin::Pin;

use async_channel::{Receiver, Sender, TrySendError};
use timeline::record;

pub async fn producer<T: Display>(name: &str, queue: Sender<T>, items: Vec<T>) -> Vec<T> {
    let mut unsent = Vec::new();
    for item in items {
        let line = format!("sent {item}");
        let left = match queue.try_send(item) {
            Ok(()) => None,
            Err(TrySendError::Full(item)) => queue.send(item).await.err().map(async_channel::SendError::into_inner),
            Err(TrySendError::Closed(item)) => Some(item),
        };
        match left {
            Some(item) => unsent.push(item),
            None => record(name, line),
        }
    }
    unsent
}

pub async fn consumer<T>(queue: Receiver<T>, mut work: impl AsyncFnMut(T)) -> usize {
    let mut consumed = 0;
    loop {
        let Ok(item) = queue.recv().await else { break consumed };
        work(item).await;
        consumed += 1;
    }
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

fn join_all<'a>(
    mut roles: impl Iterator<Item = Pin<Box<dyn Future<Output = ()> + 'a>>> + 'a,
) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
    Box::pin(async move {
        if let Some(first) = roles.next() {
            // Which future is polled first changes from poll to poll, which does not matter.
            tokio::join!(first, join_all(Box::new(roles) as Box<dyn Iterator<Item = _>>));
        }
    })
}

pub async fn run<T: Display + 'static>(
    batches: Vec<Vec<T>>,
    consumers: usize,
    capacity: usize,
    work: impl AsyncFn(T) + 'static,
) -> Result<Report<T>, Invalid> {
    if capacity == 0 {
        return Err(Invalid::NoCapacity);
    }
    if consumers == 0 {
        return Err(Invalid::NoConsumers);
    }
    let (sender, receiver) = async_channel::bounded(capacity);
    let consumed = Cell::new(0);
    let unsent = RefCell::new(Vec::new());
    let mut roles: Vec<Pin<Box<dyn Future<Output = ()> + '_>>> = Vec::new();
    for (index, items) in batches.into_iter().enumerate() {
        unsent.borrow_mut().push(Vec::new());
        let (sender, unsent) = (sender.clone(), &unsent);
        roles.push(Box::pin(async move {
            let left = producer(&format!("Producer {}", index + 1), sender, items).await;
            unsent.borrow_mut()[index] = left;
        }));
    }
    for receiver in vec![receiver; consumers] {
        roles.push(Box::pin(async {
            let count = consumer(receiver, &work).await;
            consumed.set(consumed.get() + count);
        }));
    }
    drop(sender);
    join_all(roles.into_iter()).await;
    Ok(Report { consumed: consumed.get(), unsent: unsent.take().into_iter().flatten().collect() })
}
