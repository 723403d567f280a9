//! why: One future polls all producers and consumers itself, consumers first, in whatever executor it runs.

use std::collections::VecDeque;
use std::fmt::Display;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use async_channel::{Receiver, Sender, bounded};
use timeline::record;

pub async fn producer<T: Display>(name: &str, queue: Sender<T>, items: Vec<T>) -> Vec<T> {
    let mut items: VecDeque<T> = items.into();
    while let Some(item) = items.pop_front() {
        let text = item.to_string();
        if let Err(async_channel::SendError(item)) = queue.send(item).await {
            items.push_front(item);
            break;
        }
        record(name, format_args!("sent {text}"));
    }
    items.into()
}

pub async fn consumer<T>(queue: Receiver<T>, mut work: impl AsyncFnMut(T)) -> usize {
    for consumed in 0.. {
        match queue.recv().await {
            Ok(item) => work(item).await,
            Err(_) => return consumed,
        }
    }
    unreachable!("nobody counts so far")
}

#[derive(Debug)]
pub struct Report<T> {
    pub consumed: usize,
    pub unsent: Vec<T>,
}

#[derive(Debug, thiserror::Error)]
pub enum Invalid {
    #[error("at least one consumer is needed")]
    NoConsumers,
    #[error("the queue needs room for at least one item")]
    NoCapacity,
}

enum End<T> {
    Unsent(Vec<T>),
    Consumed(usize),
}

type Role<T> = Pin<Box<dyn Future<Output = End<T>>>>;

pub async fn run<T: Display + 'static>(
    batches: Vec<Vec<T>>,
    consumers: usize,
    capacity: usize,
    work: impl AsyncFn(T) + 'static,
) -> Result<Report<T>, Invalid> {
    match (consumers, capacity) {
        (0, _) => return Err(Invalid::NoConsumers),
        (_, 0) => return Err(Invalid::NoCapacity),
        _ => {}
    }
    let work = Rc::new(work);
    let mut roles: Vec<Result<Role<T>, End<T>>> = Vec::new();
    {
        let (sender, receiver) = bounded(capacity);
        for _ in 0..consumers {
            let (queue, work) = (receiver.clone(), Rc::clone(&work));
            roles
                .push(Ok(Box::pin(async move { End::Consumed(consumer(queue, async |item| work(item).await).await) })));
        }
        for (index, items) in batches.into_iter().enumerate() {
            let queue = sender.clone();
            roles.push(Ok(Box::pin(async move {
                let name = format!("Producer {}", index + 1);
                End::Unsent(producer(&name, queue, items).await)
            })));
        }
    }
    poll_fn(|context| {
        for role in &mut roles {
            if let Ok(future) = role
                && let Poll::Ready(end) = future.as_mut().poll(context)
            {
                *role = Err(end);
            }
        }
        if roles.iter().all(Result::is_err) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    let mut report = Report { consumed: 0, unsent: vec![] };
    for end in roles.into_iter().filter_map(Result::err) {
        match end {
            End::Unsent(items) => report.unsent.extend(items),
            End::Consumed(count) => report.consumed += count,
        }
    }
    Ok(report)
}
