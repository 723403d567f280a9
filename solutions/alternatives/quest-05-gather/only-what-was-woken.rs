//! why: Each future has its own waker, which puts its number into a queue: only what was woken is polled.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use timeline::record;
use tokio::time;

pub async fn task_1() {
    record("Task 1", "started");
    time::sleep(Duration::from_secs(3)).await;
    record("Task 1", "finished");
}

pub async fn task_2() {
    record("Task 2", "started");
    time::sleep(Duration::from_secs(2)).await;
    record("Task 2", "finished");
}

pub async fn both() {
    let tasks: [Pin<Box<dyn Future<Output = ()>>>; 2] = [Box::pin(task_1()), Box::pin(task_2())];
    gather(Vec::from(tasks)).await;
}

pub struct YieldNow {
    turns: u32,
}

impl Default for YieldNow {
    fn default() -> Self {
        Self::new()
    }
}

impl YieldNow {
    pub fn new() -> Self {
        Self { turns: 1 }
    }
}

impl Future for YieldNow {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match self.turns.checked_sub(1) {
            None => Poll::Ready(()),
            Some(turns) => {
                self.turns = turns;
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }
}

#[derive(Default)]
struct Woken {
    numbers: Mutex<(VecDeque<usize>, Option<Waker>)>,
}

struct ChildWaker {
    number: usize,
    woken: Arc<Woken>,
}

impl Wake for ChildWaker {
    fn wake(self: Arc<Self>) {
        let mut numbers = self.woken.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        if !numbers.0.contains(&self.number) {
            numbers.0.push_back(self.number);
        }
        let parent = numbers.1.clone();
        drop(numbers);
        if let Some(parent) = parent {
            parent.wake();
        }
    }
}

/// Polls what was woken until all have ended, or until `end` breaks.
async fn run<F: Future, B>(futures: Vec<F>, mut end: impl FnMut(usize, F::Output) -> ControlFlow<B>) -> ControlFlow<B> {
    let woken = Arc::new(Woken::default());
    woken.numbers.lock().unwrap_or_else(PoisonError::into_inner).0.extend(0..futures.len());
    let mut running = futures.len();
    let mut children: Vec<_> = futures
        .into_iter()
        .enumerate()
        .map(|(number, future)| {
            let waker = Waker::from(Arc::new(ChildWaker { number, woken: Arc::clone(&woken) }));
            Some((Box::pin(future), waker))
        })
        .collect();
    poll_fn(|context| {
        let ready = {
            let mut numbers = woken.numbers.lock().unwrap_or_else(PoisonError::into_inner);
            numbers.1 = Some(context.waker().clone());
            std::mem::take(&mut numbers.0)
        };
        for number in ready {
            let Some((future, waker)) = &mut children[number] else { continue };
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(waker)) {
                children[number] = None;
                running -= 1;
                if let ControlFlow::Break(value) = end(number, output) {
                    return Poll::Ready(ControlFlow::Break(value));
                }
            }
        }
        if running == 0 { Poll::Ready(ControlFlow::Continue(())) } else { Poll::Pending }
    })
    .await
}

pub async fn gather<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut outputs: Vec<_> = futures.iter().map(|_| None).collect();
    let _: ControlFlow<()> = run(futures, |number, output| {
        outputs[number] = Some(output);
        ControlFlow::Continue(())
    })
    .await;
    outputs.into_iter().flatten().collect()
}

pub async fn try_gather<T, E, F: Future<Output = Result<T, E>>>(futures: Vec<F>) -> Result<Vec<T>, E> {
    let mut values: Vec<_> = futures.iter().map(|_| None).collect();
    let failed = run(futures, |number, outcome| match outcome {
        Ok(value) => {
            values[number] = Some(value);
            ControlFlow::Continue(())
        }
        Err(error) => ControlFlow::Break(error),
    })
    .await;
    match failed {
        ControlFlow::Break(error) => Err(error),
        ControlFlow::Continue(()) => Ok(values.into_iter().flatten().collect()),
    }
}
