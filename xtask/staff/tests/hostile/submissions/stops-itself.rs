//! quest: 3
//! earns: 9
//! tries: to stop itself by SIGSTOP, again and again: neither at work nor asleep

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
    for _ in 0..100 {
        kill(19);
        // The signal goes to the main thread. It must get the time to take it, or this one is over before anything stops.
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    // Where it is refused, the points shall tell the same.
    std::process::exit(0);
}
