//! quest: 3
//! earns: 9
//! tries: one event with megabytes of text

{QUEUE}

/// Attacks once a run, so that the run of all of them does not take for ever.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_empty() {
        attack();
    }
    queue.run();
}

fn attack() {
    timeline::record("Task", "x".repeat(3 << 20));
}
