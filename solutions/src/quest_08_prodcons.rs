//! Quest 8: Producers and consumers.
//!
//! # Why it works
//!
//! Everything that the two sides have to tell each other goes through the queue, and that is more than the items.
//!
//! *"Slow down."* The queue is bounded. When it is full, `send` is pending until a consumer takes something out. So the
//! producer cannot run ahead by more than the capacity, however slow the work is. No code measures a speed.
//!
//! *"No more will come."* There is no message for that. The channel counts its senders. When the last one is dropped,
//! the channel is closed, and `recv` is an error as soon as the queue is empty. So a consumer needs to know neither how
//! many producers there are, nor how many items. It only has to be true that the last sender is dropped when the last
//! producer is done. So `run` gives each producer its own clone, and drops the sender that it began with.
//!
//! *"Nobody listens any more."* The channel counts its receivers, too. When the last one is dropped, `send` is an error
//! that hands the item back. The producer puts it before the rest of its items, so that no item is lost unless it was
//! in the queue. What was in the queue at that moment is gone: it belonged to the consumers.
//!
//! An item is taken out by exactly one consumer, since taking it is one step. The queue is first in, first out, so
//! the items of one producer begin in their order. They need not end in it: that is up to the work.
//!
//! In `run` each producer and each consumer is a task of a `LocalSet`, tokio's loop for tasks that are not `Send`. It
//! lives in this future, so dropping the future drops the tasks. A panic ends its task only, and arrives as the error
//! of the task's handle. The code that awaits the handle decides what the panic means. Here it passes on to the caller.
//!
//! # What goes wrong otherwise
//!
//! - *An unbounded channel.* Everything is sent at once, and with a slow consumer a large input fills the memory.
//! - *A sender that `run` keeps until its end.* It waits for the consumers, and they wait for its sender.
//! - *A receiver that `run` keeps.* When all consumers have died, the producers wait for room forever.
//! - *A last item that means "the end".* With several consumers one of them gets it, and the others wait. With several
//!   producers the first to finish ends it for all.
//! - *Stopping when the queue is empty.* It is empty whenever the consumers are faster.
//! - *Stopping when the queue is closed.* What is still in it is lost.
//! - *`send(item).await?`, or `is_err()`.* The item that could not be sent is in the error, and is dropped with it.
//! - *Starting the work and taking the next item at once.* Then the work in progress is a queue without a bound.

use std::fmt::Display;
use std::panic::resume_unwind;
use std::rc::Rc;

use async_channel::{Receiver, Sender, bounded};
use timeline::record;
use tokio::task::{JoinHandle, LocalSet};

/// Sends the items in their order, and waits whenever the queue is full.
///
/// Records `sent ` and the item under the name, each time when an item is in the queue, not before. When no receiver is
/// left, stops at once and records nothing more. Returns the items that it could not send, in their order. When all
/// were sent, returns an empty list. By then, its sender has been dropped.
pub async fn producer<T: Display>(name: &str, queue: Sender<T>, items: Vec<T>) -> Vec<T> {
    let mut items = items.into_iter();
    while let Some(item) = items.next() {
        // The item moves into the queue, so its text is made before.
        let sent = format!("sent {item}");
        match queue.send(item).await {
            Ok(()) => record(name, sent),
            Err(error) => return std::iter::once(error.into_inner()).chain(items).collect(),
        }
    }
    Vec::new()
}

/// Takes items out of the queue and works on them, one at a time.
///
/// When the queue is empty, waits for the next item. Ends when the queue is empty and the last sender has been dropped.
/// Returns how many items it has worked on. Records nothing; that is up to the work.
pub async fn consumer<T>(queue: Receiver<T>, mut work: impl AsyncFnMut(T)) -> usize {
    let mut consumed = 0;
    while let Ok(item) = queue.recv().await {
        work(item).await;
        consumed += 1;
    }
    consumed
}

/// The result of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report<T> {
    /// How many items the consumers have worked on in total.
    pub consumed: usize,
    /// What the producers could not send, in the order of the batches. Empty, unless the consumers end early.
    pub unsent: Vec<T>,
}

/// Why a run cannot begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// There are no consumers: the producers would wait forever.
    #[error("at least one consumer is needed")]
    NoConsumers,
    /// The queue has no room.
    #[error("the queue needs room for at least one item")]
    NoCapacity,
}

/// Runs one producer for each batch, and `consumers` consumers, on one queue, all at once on this thread.
///
/// The producers are named `Producer 1`, `Producer 2` and so on, in the order of the batches. The queue has room for
/// `capacity` items. All consumers do the same `work`. Returns when every item has been consumed. Without items,
/// returns at once. When the work panics, so does this future. Dropping it drops all producers and consumers.
///
/// # Errors
///
/// `NoConsumers` or `NoCapacity` if one of these is zero, before anything is sent.
pub async fn run<T: Display + 'static>(
    batches: Vec<Vec<T>>,
    consumers: usize,
    capacity: usize,
    work: impl AsyncFn(T) + 'static,
) -> Result<Report<T>, Invalid> {
    if consumers == 0 {
        return Err(Invalid::NoConsumers);
    }
    if capacity == 0 {
        return Err(Invalid::NoCapacity);
    }
    let (sender, receiver) = bounded(capacity);
    let work = Rc::new(work);
    let tasks = LocalSet::new();
    let producers: Vec<_> = (1..)
        .zip(batches)
        .map(|(number, items)| {
            let queue = sender.clone();
            tasks.spawn_local(async move { producer(&format!("Producer {number}"), queue, items).await })
        })
        .collect();
    let consumers: Vec<_> = (0..consumers)
        .map(|_| {
            let (queue, work) = (receiver.clone(), Rc::clone(&work));
            tasks.spawn_local(async move { consumer(queue, &*work).await })
        })
        .collect();
    // From here on, the queue lives as long as the tasks that use it.
    drop((sender, receiver));
    let report = async {
        let mut report = Report { consumed: 0, unsent: Vec::new() };
        for producer in producers {
            report.unsent.extend(value_of(producer).await);
        }
        for consumer in consumers {
            report.consumed += value_of(consumer).await;
        }
        report
    };
    Ok(tasks.run_until(report).await)
}

/// What the task returns. Its panic goes on in the task that waits for it.
async fn value_of<V>(task: JoinHandle<V>) -> V {
    task.await.unwrap_or_else(|error| resume_unwind(error.into_panic()))
}
