//! quest: 3
//! earns: 9
//! tries: threads without end, with small stacks

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
        let builder = std::thread::Builder::new().stack_size(16 << 10);
        let _ = builder.spawn(|| std::thread::sleep(std::time::Duration::from_secs(100)));
    }
}
