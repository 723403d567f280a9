//! quest: 3
//! earns: 9
//! tries: output on standard error without end, in small pieces and no line

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
        eprint!("x");
    }
}
