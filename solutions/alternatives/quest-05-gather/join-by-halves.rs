//! why: Divides and conquers: two halves under `tokio::join!`, down to one future, which needs no poll by hand.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use timeline::record;
use tokio::time;

pub async fn task_1() {
    task("Task 1", 3).await;
}

pub async fn task_2() {
    task("Task 2", 2).await;
}

async fn task(name: &str, seconds: u64) {
    record(name, "started");
    time::sleep(Duration::from_secs(seconds)).await;
    record(name, "finished");
}

pub async fn both() {
    let first = tokio::spawn(task_1());
    task_2().await;
    first.await.expect("the task neither panics nor is aborted");
}

#[derive(Default)]
pub enum YieldNow {
    #[default]
    New,
    Polled,
}

impl YieldNow {
    pub fn new() -> Self {
        Self::New
    }
}

impl Future for YieldNow {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match std::mem::replace(self.get_mut(), Self::Polled) {
            Self::New => {
                context.waker().clone().wake();
                Poll::Pending
            }
            Self::Polled => Poll::Ready(()),
        }
    }
}

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

pub async fn gather<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    halves(futures).await
}

fn halves<'a, F: Future + 'a>(mut futures: Vec<F>) -> Boxed<'a, Vec<F::Output>> {
    Box::pin(async move {
        if futures.len() > 1 {
            let back = futures.split_off(futures.len() / 2);
            let (mut front, back) = tokio::join!(halves(futures), halves(back));
            front.extend(back);
            return front;
        }
        match futures.pop() {
            Some(future) => vec![future.await],
            None => Vec::new(),
        }
    })
}

pub async fn try_gather<T, E, F: Future<Output = Result<T, E>>>(futures: Vec<F>) -> Result<Vec<T>, E> {
    // The first error ends the search at once: the others are dropped when this function returns.
    let mut halves = try_halves(futures);
    poll_fn(|context| halves.as_mut().poll(context)).await
}

fn try_halves<'a, T: 'a, E: 'a, F: Future<Output = Result<T, E>> + 'a>(
    mut futures: Vec<F>,
) -> Boxed<'a, Result<Vec<T>, E>> {
    Box::pin(async move {
        if futures.len() > 1 {
            let back = futures.split_off(futures.len() / 2);
            let (mut front, back) = tokio::try_join!(try_halves(futures), try_halves(back))?;
            front.extend(back);
            return Ok(front);
        }
        match futures.pop() {
            Some(future) => Ok(vec![future.await?]),
            None => Ok(Vec::new()),
        }
    })
}
