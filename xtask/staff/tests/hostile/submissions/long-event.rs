//! quest: 3
//! earns: 9
//! tries: one event with megabytes of text

{QUEUE}

/// Attacks in one test alone: it costs the points of that one, and little time.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    timeline::record("Task", "x".repeat(3 << 20));
}
