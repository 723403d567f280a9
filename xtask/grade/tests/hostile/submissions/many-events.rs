//! quest: 3
//! earns: 9
//! tries: a hundred thousand events too many

{QUEUE}

/// Attacks once a run, so that the run of all of them does not take for ever.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_empty() {
        attack();
    }
    queue.run();
}

fn attack() {
    for number in 0..100_000 {
        timeline::record("Task", format!("{number}"));
    }
}
