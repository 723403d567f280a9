//! quest: 3
//! earns: 9
//! tries: output on standard error without end, in small pieces and no line

{QUEUE}

/// Attacks once a run, so that the run of all of them does not take for ever.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_empty() {
        attack();
    }
    queue.run();
}

fn attack() {
    loop {
        eprint!("x");
    }
}
