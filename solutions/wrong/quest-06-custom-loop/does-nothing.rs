//! caught by:
//! why: Does nothing at all; each test must see that.

use std::future::{Future, pending};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

pub type Task<T = ()> = Pin<Box<dyn Future<Output = T>>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stalled: {pending} pending, none woken")]
pub struct Stalled {
    pub pending: usize,
}

pub fn block_on<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing is done"),
    }
}

#[derive(Clone, Default)]
pub struct EventLoop {}

impl EventLoop {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn spawn(&self, _: impl Future<Output = ()> + 'static) {}

    pub fn turn(&self) -> usize {
        0
    }

    pub fn pending(&self) -> usize {
        0
    }

    pub fn run(&self) -> Result<(), Stalled> {
        Ok(())
    }
}

pub async fn custom_event_loop<T: 'static>(_: Vec<Task<T>>) -> Vec<T> {
    pending().await
}
