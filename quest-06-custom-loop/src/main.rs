//! Two tasks on your loop: on tokio as in the lesson, then without any runtime but yours.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use quest_06_custom_loop::{EventLoop, Stalled, Task, block_on, custom_event_loop};
use timeline::{record, section, thread};

fn main() {
    section("Two tasks on custom_event_loop, on tokio");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("tokio starts");
    let tasks = vec![task_1(), task_2()];
    runtime.block_on(custom_event_loop(tasks));

    section("The same loop on your own block_on: threads do the waking");
    let tasks = vec![woken_after("Task 1", Duration::from_secs(3)), woken_after("Task 2", Duration::from_secs(2))];
    block_on(custom_event_loop(tasks));

    section("Three tasks take turns on EventLoop, and one of them sleeps for good");
    let event_loop = EventLoop::new();
    event_loop.spawn(count_down("Ping", 3));
    event_loop.spawn(count_down("Pong", 2));
    event_loop.spawn(std::future::pending());
    match event_loop.run() {
        Ok(()) => record("main", "all tasks have finished"),
        Err(Stalled { pending }) => record("main", format!("stalled, pending: {pending}")),
    }
}

fn task_1() -> Task {
    Box::pin(job("Task 1", Duration::from_secs(3)))
}

fn task_2() -> Task {
    Box::pin(job("Task 2", Duration::from_secs(2)))
}

async fn job(name: &str, delay: Duration) {
    record(name, "started");
    tokio::time::sleep(delay).await;
    record(name, "finished");
}

/// Sleeps in another thread, which then wakes it.
fn woken_after(name: &'static str, delay: Duration) -> Task {
    let mut started = false;
    Box::pin(poll_fn(move |context| {
        if started {
            record(name, "finished");
            return Poll::Ready(());
        }
        started = true;
        record(name, "started");
        let waker = context.waker().clone();
        thread::spawn(move || {
            thread::sleep(delay);
            waker.wake();
        });
        Poll::Pending
    }))
}

/// Wakes itself in each poll, and is ready at zero.
async fn count_down(name: &'static str, from: u32) {
    let mut left = from;
    poll_fn(|context| {
        record(name, left);
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
