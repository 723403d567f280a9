//! What the loops must do: one behaviour per test, in the order of the lesson.
//!
//! One thread runs everything, and which of two tasks goes first at one instant is a promise. So no test asks for the
//! canonical order.

mod scenario;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use ::timeline::time::Instant;
use ::timeline::{record, simulate, thread};
use observe::{observe, seed};
use quest_04_sleep::{DelayedTask, TaskQueue, delayed_task, event_loop, event_loop_blocking};

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// A task with an action of the test's own.
fn after(delay: Duration, action: impl FnOnce() + 'static) -> DelayedTask {
    DelayedTask { delay, action: Box::new(action) }
}

/// A task that records under a name of its own that it ran.
fn named(delay: Duration, name: &'static str) -> DelayedTask {
    after(delay, move || record(name, "runs"))
}

// First try: one after the other

/// Tasks of 3 s and 2 s run in the given order, at 3 s and at 5 s. With no tasks, the call returns at once.
#[test]
fn event_loop_blocking_takes_the_sum() {
    observe!(simulate(|| {
        event_loop_blocking(Vec::new());
        record("main", "had nothing to do");
        let tasks = vec![delayed_task(ms(3000), "Task 1 completed"), delayed_task(ms(2000), "Task 2 completed")];
        record("main", "made two tasks");
        event_loop_blocking(tasks);
        record("main", "returned");
    }));
}

// A queue of deadlines

/// Tasks of 3 s and 2 s run at 3 s and at 2 s. `put` itself neither runs a task nor waits.
#[test]
fn the_shorter_delay_runs_first() {
    observe!(simulate(|| {
        let queue = TaskQueue::new();
        queue.put(delayed_task(ms(3000), "Task 1 completed"));
        queue.put(delayed_task(ms(2000), "Task 2 completed"));
        queue.put(delayed_task(ms(0), "Task 3 completed"));
        record("main", "put the tasks");
        event_loop(&queue);
        record("main", "returned");
    }));
}

/// A delay counts from `put`, not from the start of the loop. A task of 1 s is overdue when the loop starts 1.5 s
/// later.
#[test]
fn delays_count_from_put() {
    observe!(simulate(|| {
        let queue = TaskQueue::new();
        queue.put(named(ms(3000), "3 s, put at 0"));
        queue.put(named(ms(1000), "1 s, put at 0"));
        thread::sleep(ms(1500));
        queue.put(named(ms(1000), "1 s, put at 1.5 s"));
        queue.put(named(ms(0), "0 s, put at 1.5 s"));
        record("main", "runs the loop");
        event_loop(&queue);
        record("main", "returned");
    }));
}

/// Nine tasks due at the same instant run in the order in which they were put, whatever their delays.
// Nine tasks, since a heap that ignores ties still keeps two or three in order.
#[test]
fn equal_deadlines_run_in_the_order_of_put() {
    observe!(simulate(|| {
        let queue = TaskQueue::new();
        for name in ["A, 1000 ms", "B, 1000 ms", "C, 1000 ms", "D, 1000 ms"] {
            queue.put(named(ms(1000), name));
        }
        thread::sleep(ms(400));
        for name in ["E, 600 ms", "F, 600 ms", "G, 600 ms"] {
            queue.put(named(ms(600), name));
        }
        thread::sleep(ms(500));
        for name in ["H, 100 ms", "I, 100 ms"] {
            queue.put(named(ms(100), name));
        }
        event_loop(&queue);
        record("main", "returned");
    }));
}

/// A clone is a handle to the same queue. With an empty queue, `event_loop` returns at once. Called again, it runs the
/// tasks that were put later.
#[test]
fn the_loop_runs_again_through_any_clone() {
    observe!(simulate(|| {
        let clone = {
            let queue = TaskQueue::new();
            event_loop(&queue);
            record("main", "had nothing to do");
            queue.put(named(ms(1000), "Task 1"));
            queue.clone()
        };
        let other = TaskQueue::default();
        other.put(named(ms(0), "Task of another queue"));
        clone.put(named(ms(500), "Task 2"));
        event_loop(&clone);
        record("main", "ran the clone");
        thread::sleep(ms(1000));
        clone.clone().put(named(ms(500), "Task 3"));
        event_loop(&clone);
        record("main", "ran it again");
        event_loop(&clone);
        record("main", "had nothing to do");
        event_loop(&other);
        record("main", "ran the other");
    }));
}

// Tasks that put tasks

/// A task puts another one that is due before all the waiting ones. It runs before them, in the same call of
/// `event_loop`.
#[test]
fn a_task_puts_one_that_is_due_before_the_others() {
    observe!(simulate(|| {
        let queue = TaskQueue::new();
        let (outer, inner) = (queue.clone(), queue.clone());
        queue.put(named(ms(3000), "Main's task of 3 s"));
        queue.put(after(ms(1000), move || {
            record("Main's task of 1 s", "puts two");
            outer.put(named(ms(4000), "Its task of 4 s"));
            outer.put(after(ms(500), move || {
                record("Its task of 0.5 s", "puts one");
                inner.put(named(ms(0), "Its task's task"));
            }));
        }));
        event_loop(&queue);
        record("main", "returned");
    }));
}

/// A task works from 100 ms to 1100 ms. Tasks that fell due meanwhile run at 1100 ms, in the order of their deadlines.
/// A later one is on time.
#[test]
fn overdue_tasks_run_late_in_deadline_order() {
    observe!(simulate(|| {
        let queue = TaskQueue::new();
        let handle = queue.clone();
        queue.put(named(ms(900), "Due at 900 ms"));
        queue.put(named(ms(2000), "Due at 2000 ms"));
        queue.put(named(ms(300), "Due at 300 ms"));
        queue.put(named(ms(600), "Due at 600 ms"));
        queue.put(after(ms(100), move || {
            record("Slow task", "begins");
            thread::sleep(ms(1000));
            // Due now, so later than all that are overdue.
            handle.put(named(ms(0), "Due at 1100 ms"));
            record("Slow task", "ends");
        }));
        event_loop(&queue);
        record("main", "returned");
    }));
}

/// A task that puts itself again with no delay, and works for 100 ms each time, does not keep a task of 500 ms waiting.
#[test]
fn zero_delays_do_not_starve_a_due_timer() {
    observe!(simulate(|| {
        let queue = TaskQueue::new();
        queue.put(named(ms(500), "Timer of 500 ms"));
        queue.put(named(ms(750), "Timer of 750 ms"));
        put_again(&queue, 10);
        event_loop(&queue);
        record("main", "returned");
    }));
}

/// Puts a task without delay, which works for 100 ms and puts itself again, as often as is left.
fn put_again(queue: &TaskQueue, left: u32) {
    let again = queue.clone();
    queue.put(after(ms(0), move || {
        record("Eager task", format!("works, {left} left"));
        thread::sleep(ms(100));
        if left > 1 {
            put_again(&again, left - 1);
        }
    }));
}

// Sleep well, fail well

/// Between two deadlines the loop sleeps once. It neither sleeps in short steps nor keeps looking at the clock.
// The thread that goes to sleep first wakes first. One witness goes to sleep before the loop does and another right
// after it, all three until the same instants. A loop that sleeps in one go stays between them. A loop that wakes in
// between falls behind.
#[test]
fn the_loop_sleeps_once_until_the_next_deadline() {
    observe!(simulate(|| {
        let start = Instant::now();
        thread::spawn(move || wake_at("Early witness", start));
        thread::yield_now();
        thread::spawn(move || {
            thread::sleep(Duration::from_nanos(1));
            wake_at("Late witness", start);
        });
        let queue = TaskQueue::new();
        queue.put(named(ms(1000), "Task 1"));
        queue.put(named(ms(86_400_000), "Task 2, a day later"));
        event_loop(&queue);
        thread::sleep(ms(1));
        record("main", "ended");
    }));
}

/// Records that it wakes, at the instants at which the tasks are due.
fn wake_at(name: &str, start: Instant) {
    for due in [ms(1000), ms(86_400_000)] {
        thread::sleep(due - start.elapsed());
        record(name, "wakes");
    }
}

/// A task's panic reaches the caller of `event_loop`. The next call runs the other tasks, and their deadlines are what
/// they were.
#[test]
fn a_panic_leaves_the_rest_queued() {
    observe!(simulate(|| {
        let queue = TaskQueue::new();
        queue.put(after(ms(1000), || {
            record("Broken task", "panics");
            panic!("on purpose");
        }));
        queue.put(named(ms(2000), "Due at 2000 ms"));
        queue.put(named(ms(1000), "Due at 1000 ms"));
        record("main", run_and_catch(&queue));
        thread::sleep(ms(500));
        record("main", run_and_catch(&queue));
    }));
}

/// Runs the loop and returns how it ended.
fn run_and_catch(queue: &TaskQueue) -> String {
    match catch_unwind(AssertUnwindSafe(|| event_loop(queue))) {
        Ok(()) => "the loop returned".to_owned(),
        Err(panic) => match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
            (Some(message), _) => format!("caught: {message}"),
            (_, Some(message)) => format!("caught: {message}"),
            _ => "caught another panic".to_owned(),
        },
    }
}

// Anything at all

/// Random tasks run as they do with the course's solution: delays, ties, slow work, tasks that put tasks, and panics.
#[test]
fn scenario() {
    observe!(simulate(|| scenario::run(seed())));
}
