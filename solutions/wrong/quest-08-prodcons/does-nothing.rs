//! caught by: a_full_queue_makes_the_producer_wait, what_could_not_be_sent_is_handed_back, the_queue_is_drained_after_its_end, the_consumer_ends_with_the_last_sender, slow_work_holds_the_producer_back, each_item_once_and_in_order, consumers_share_the_work, without_consumers_or_room_nothing_is_sent, a_panic_in_the_work_passes_through, producer_and_consumer_on_your_own_loop, scenario
//! mistake: does-nothing
//! why: Sends nothing, receives nothing and reports that all went well; every test must notice.
//! says: Nothing is sent or received yet. What is the first thing that a producer does with an item?

use std::fmt::Display;

use async_channel::{Receiver, Sender};

pub async fn producer<T: Display>(_: &str, _: Sender<T>, _: Vec<T>) -> Vec<T> {
    Vec::new()
}

pub async fn consumer<T>(_: Receiver<T>, _: impl AsyncFnMut(T)) -> usize {
    0
}

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

pub async fn run<T: Display + 'static>(
    _: Vec<Vec<T>>,
    _: usize,
    _: usize,
    _: impl AsyncFn(T) + 'static,
) -> Result<Report<T>, Invalid> {
    Ok(Report { consumed: 0, unsent: Vec::new() })
}
