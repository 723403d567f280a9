//! quest: 3
//! earns: 9
//! tries: a loop without end

{QUEUE}

/// Attacks in one test alone: it costs the points of that one, and little time.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    loop {
        std::hint::spin_loop();
    }
}
