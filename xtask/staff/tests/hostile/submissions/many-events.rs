//! quest: 3
//! earns: 9
//! tries: a hundred thousand events too many

{QUEUE}

/// Attacks in one test alone: it costs the points of that one, and little time.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    for number in 0..100_000 {
        timeline::record("Task", format!("{number}"));
    }
}
