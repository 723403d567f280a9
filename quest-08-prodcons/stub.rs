// Quest 8: Producers and consumers. This is the only file you edit.
// The lesson is in README.md, the next hint is `cargo xtask hint 8`.
//
// The queue is a channel of the crate `async-channel`: it needs no particular runtime, so it runs on your own loop
// as well. You are free to add types, functions and imports.

use std::fmt::Display;
use std::rc::Rc;

use async_channel::{Receiver, Sender, bounded};
use timeline::record;
use tokio::task::LocalSet;

/// Sends the items in their order, and waits whenever the queue is full.
///
/// Records `sent ` and the item under the name, each time when an item is in the queue, not before. When no receiver is
/// left, stops at once and records nothing more. Returns the items that it could not send, in their order. When all
/// were sent, returns an empty list. By then, its sender has been dropped.
pub async fn producer<T: Display>(name: &str, queue: Sender<T>, items: Vec<T>) -> Vec<T> {
    todo!("{name} sends {} items to {queue:?}", items.len())
}

/// Takes items out of the queue and works on them, one at a time.
///
/// When the queue is empty, waits for the next item. Ends when the queue is empty and the last sender has been dropped.
/// Returns how many items it has worked on. Records nothing; that is up to the work.
pub async fn consumer<T>(queue: Receiver<T>, work: impl AsyncFnMut(T)) -> usize {
    let _ = &work;
    todo!("receive from {queue:?}")
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
    let _ = &work;
    todo!("run {} producers and {consumers} consumers, capacity {capacity}", batches.len())
}
