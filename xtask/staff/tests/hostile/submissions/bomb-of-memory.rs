//! quest: 3
//! earns: 9
//! tries: more memory than there may be

{QUEUE}

/// Attacks in one test alone: it costs the points of that one, and little time.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    let mut held = Vec::new();
    loop {
        held.push(vec![1_u8; 64 << 20]);
    }
}
