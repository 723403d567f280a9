//! Two delayed tasks in real time: first in turn, which takes 5 s, then by their deadlines, which takes 3 s.

use std::time::Duration;

use quest_04_sleep::{DelayedTask, TaskQueue, delayed_task, event_loop, event_loop_blocking};
use timeline::{record, section, thread};

fn main() {
    let three = Duration::from_secs(3);
    let two = Duration::from_secs(2);

    section("First try: one after the other");
    event_loop_blocking(vec![delayed_task(three, "Task 1 completed"), delayed_task(two, "Task 2 completed")]);

    section("By their deadlines");
    let task_queue = TaskQueue::new();
    task_queue.put(delayed_task(three, "Task 1 completed"));
    task_queue.put(delayed_task(two, "Task 2 completed"));
    event_loop(&task_queue);

    section("A task puts the next one; a slow task makes another late");
    let later = task_queue.clone();
    task_queue.put(DelayedTask {
        delay: Duration::from_secs(1),
        action: Box::new(move || {
            record("First task", "puts one that is due in 1 s, and works for 2 s");
            later.put(delayed_task(Duration::from_secs(1), "due at 2 s, and late"));
            thread::sleep(two);
        }),
    });
    task_queue.put(delayed_task(three, "due at 3 s"));
    event_loop(&task_queue);
}
