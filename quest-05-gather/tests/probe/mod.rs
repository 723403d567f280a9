//! What the tests gather: futures that watch how they are polled and when they are dropped.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use ::timeline::record;

/// After this many polls of one future, somebody must be polling it without a wake.
const MOST_POLLS: u32 = 10_000;

/// A future that panics when it is polled in vain too often, or again after its end.
pub struct Probe<'a, T> {
    future: Pin<Box<dyn Future<Output = T> + 'a>>,
    polls: u32,
    ended: bool,
}

impl<'a, T> Probe<'a, T> {
    pub fn new(future: impl Future<Output = T> + 'a) -> Self {
        Self { future: Box::pin(future), polls: 0, ended: false }
    }
}

impl<T> Future for Probe<'_, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        assert!(!self.ended, "a future was polled again after it had returned Ready");
        self.polls += 1;
        assert!(self.polls < MOST_POLLS, "a future was polled {MOST_POLLS} times: busy polling, without a wake");
        let poll = self.future.as_mut().poll(context);
        self.ended = poll.is_ready();
        poll
    }
}

/// Records how its owner ends: as it says itself, or dropped before.
pub struct Guard {
    name: String,
    ended: bool,
}

impl Guard {
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ended: false }
    }

    pub fn record(&self, what: &str) {
        record(&self.name, what);
    }

    pub fn end(mut self, how: &str) {
        self.ended = true;
        self.record(how);
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if !self.ended {
            self.record("dropped");
        }
    }
}
