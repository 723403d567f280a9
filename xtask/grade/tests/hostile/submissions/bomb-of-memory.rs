//! quest: 3
//! earns: 9
//! tries: more memory than there may be

{QUEUE}

/// Attacks once a run, so that the run of all of them does not take for ever.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_empty() {
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
