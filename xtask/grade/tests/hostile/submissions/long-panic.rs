//! quest: 3
//! earns: 9
//! tries: a panic with megabytes of message

{QUEUE}

/// Attacks once a run, so that the run of all of them does not take for ever.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_empty() {
        attack();
    }
    queue.run();
}

fn attack() {
    panic!("{}", "a very long story\n".repeat(150_000));
}
