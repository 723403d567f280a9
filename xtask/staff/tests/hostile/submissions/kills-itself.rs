//! quest: 3
//! earns: 9
//! tries: to kill itself by SIGKILL, so that the machine seems to be at fault

{QUEUE}

{SYSTEM_CALLS}

/// Attacks in one test alone: it costs the points of that one, and little time.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    kill(9);
    // Where it is refused, the points shall tell the same.
    std::process::exit(0);
}
