//! Two tasks in real time, then tasks that put other tasks.

use std::time::Duration;

use quest_03_queue::{TaskQueue, event_loop};
use timeline::{record, section, thread};

fn main() {
    section("Two tasks");
    let task_queue = TaskQueue::new();
    task_queue.put(|| record("Task 1", "executed"));
    task_queue.put(|| record("Task 2", "executed"));
    record("main", "put both, now runs the loop");
    event_loop(&task_queue);

    section("Two tasks that put themselves again take turns");
    count_down(&task_queue, "Ping", 3);
    count_down(&task_queue, "Pong", 3);
    event_loop(&task_queue);

    section("A task that sleeps keeps all others waiting: the problem that quest 4 solves");
    task_queue.put(|| {
        thread::sleep(Duration::from_secs(2));
        record("Slow task", "executed");
    });
    task_queue.put(|| record("Quick task", "executed"));
    event_loop(&task_queue);
}

/// Puts a task that records how many rounds are left and then puts itself again.
fn count_down(queue: &TaskQueue, name: &'static str, left: u32) {
    let again = queue.clone();
    queue.put(move || {
        record(name, left);
        if left > 1 {
            count_down(&again, name, left - 1);
        }
    });
}
