//! What the queue and its loop must do: one behaviour per test, in the order of the lesson.
//!
//! Everything here happens at 0, on one thread. The order is what counts, so no test asks for the canonical order.

mod scenario;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use ::timeline::{record, simulate};
use observe::observe;
use quest_03_queue::{TaskQueue, event_loop};

// A queue and a loop

/// Three tasks run in the order in which they were put.
#[test]
fn tasks_run_in_the_order_they_were_put() {
    observe!(simulate(|| {
        let queue = TaskQueue::new();
        for name in ["Task 1", "Task 2", "Task 3"] {
            queue.put(move || record(name, "executed"));
        }
        event_loop(&queue);
    }));
}

/// `put` only queues the task. The task runs when the loop does.
#[test]
fn putting_a_task_does_not_run_it() {
    observe!(simulate(|| {
        let queue = TaskQueue::new();
        queue.put(|| record("Task", "executed"));
        record("main", "put the task");
        event_loop(&queue);
        record("main", "ran the loop");
    }));
}

/// `event_loop` returns at once when the queue is empty, and can be called again.
#[test]
fn an_empty_queue_returns_and_the_loop_runs_again() {
    observe!(simulate(|| {
        let queue = TaskQueue::new();
        event_loop(&queue);
        record("main", "had nothing to do");
        queue.put(|| record("Task 1", "executed"));
        event_loop(&queue);
        record("main", "ran the loop");
        queue.put(|| record("Task 2", "executed"));
        event_loop(&queue);
        record("main", "ran it again");
        event_loop(&queue);
        record("main", "had nothing to do");
    }));
}

// Tasks that put tasks

/// A clone is another handle to the same queue. `TaskQueue::default()` is a new queue.
#[test]
fn clones_put_into_the_same_queue() {
    observe!(simulate(|| {
        let clone = {
            let queue = TaskQueue::new();
            queue.put(|| record("Task 1", "put by the first"));
            queue.clone()
        };
        clone.put(|| record("Task 2", "put by its clone"));
        let other = TaskQueue::default();
        other.put(|| record("Task 3", "put elsewhere"));
        event_loop(&clone);
        record("main", "ran the clone");
        event_loop(&other);
        record("main", "ran the other");
    }));
}

/// Task A puts C while B is queued, and C puts D. They run in the order A, B, C, D.
#[test]
fn what_a_task_puts_runs_after_what_was_queued() {
    observe!(simulate(|| {
        let queue = TaskQueue::new();
        let handle = queue.clone();
        queue.put(move || {
            record("A", "begins");
            let inner = handle.clone();
            handle.put(move || {
                record("C", "put by A");
                inner.put(|| record("D", "put by C"));
            });
            record("A", "ends");
        });
        queue.put(|| record("B", "put by main"));
        event_loop(&queue);
        record("main", "ran the loop");
    }));
}

/// A task that puts itself again, 100 000 times, does not overflow the stack.
#[test]
fn a_task_may_put_itself_100_000_times() {
    observe!(simulate(|| {
        let queue = TaskQueue::new();
        let rounds = Rc::new(Cell::new(0));
        put_rounds(&queue, &rounds);
        event_loop(&queue);
        record("main", format!("rounds: {}", rounds.get()));
    }));
}

/// Puts a task that counts a round and puts itself again, until 100 000 are counted.
fn put_rounds(queue: &TaskQueue, rounds: &Rc<Cell<u32>>) {
    let (again, rounds) = (queue.clone(), Rc::clone(rounds));
    queue.put(move || {
        rounds.set(rounds.get() + 1);
        if rounds.get() < 100_000 {
            put_rounds(&again, &rounds);
        }
    });
}

// When a task panics

/// A task's panic reaches the caller of `event_loop`, and no later task has run.
#[test]
fn a_panic_passes_through_the_loop() {
    observe!(simulate(|| {
        let queue = queue_with_a_broken_task();
        record("main", run_and_catch(&queue));
    }));
}

/// After the panic, the next call of `event_loop` runs the tasks that were queued behind the broken one.
#[test]
fn a_panic_leaves_the_rest_queued() {
    observe!(simulate(|| {
        let queue = queue_with_a_broken_task();
        record("main", run_and_catch(&queue));
        queue.put(|| record("Task 5", "executed"));
        record("main", run_and_catch(&queue));
    }));
}

fn queue_with_a_broken_task() -> TaskQueue {
    let queue = TaskQueue::new();
    queue.put(|| record("Task 1", "executed"));
    queue.put(|| {
        record("Task 2", "panics");
        panic!("on purpose");
    });
    queue.put(|| record("Task 3", "executed"));
    queue.put(|| record("Task 4", "executed"));
    queue
}

/// Runs the loop and returns how it ended.
fn run_and_catch(queue: &TaskQueue) -> String {
    match catch_unwind(AssertUnwindSafe(|| event_loop(queue))) {
        Ok(()) => "the loop returned".to_owned(),
        Err(panic) => match panic.downcast_ref::<&str>() {
            Some(message) => format!("caught: {message}"),
            None => "caught another panic".to_owned(),
        },
    }
}

// Anything at all

/// Random tasks that put tasks or panic run in the same order as with the course's solution.
#[test]
fn scenario() {
    observe!(scenario::run());
}
