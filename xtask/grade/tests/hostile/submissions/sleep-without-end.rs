//! quest: 3
//! earns: 9
//! tries: a sleep without end

{QUEUE}

/// Attacks once a run, so that the run of all of them does not take for ever.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_empty() {
        attack();
    }
    queue.run();
}

fn attack() {
    std::thread::sleep(std::time::Duration::MAX);
}
